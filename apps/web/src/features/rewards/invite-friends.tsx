import { Button, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./rewards.module.css";

/** The user's own link, and what it has brought. */
export function InviteFriends() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const referrals = useQuery(trpc.rewards.referrals.queryOptions());
  const create = useMutation(
    trpc.rewards.createReferralCode.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.rewards.referrals.pathFilter()),
    }),
  );
  if (referrals.error && !referrals.data) {
    return <ProblemNote error={referrals.error} onRetry={referrals.refetch} />;
  }
  if (!referrals.data) return <Skeleton h={137} radius={16} />;
  const { code, credits, invited, rewarded } = referrals.data;
  if (credits === 0) return null;
  return (
    <section className={section.card}>
      <h2 className={section.name}>{t("rewards.invite.title")}</h2>
      <p className={section.text}>
        {t("rewards.invite.text", { credits: t("units.credits", { count: credits }) })}{" "}
        {invited > 0 && t("rewards.invite.count", { invited, rewarded })}
      </p>
      {code === null ? (
        <Button
          className={section.start}
          variant="default"
          loading={create.isPending}
          onClick={() => create.mutate()}
        >
          {t("rewards.invite.create")}
        </Button>
      ) : (
        <OwnLink code={code} />
      )}
      <ProblemNote error={create.error} />
    </section>
  );
}

function OwnLink({ code }: { code: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const link = `${window.location.origin}/invite/${code}`;
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // Not every browser lets a page copy; chosen in its field, a key of the reader's does it.
      field.current?.focus();
    }
  };
  return (
    <div className={styles.line}>
      <TextInput
        ref={field}
        className={styles.field}
        aria-label={t("rewards.invite.link")}
        value={link}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button variant="default" aria-live="polite" onClick={copy}>
        {copied ? t("rewards.invite.copied") : t("rewards.invite.copy")}
      </Button>
    </div>
  );
}
