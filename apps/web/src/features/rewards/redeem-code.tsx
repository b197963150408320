import { Button, TextInput } from "@mantine/core";
import IconGift from "@tabler/icons-react/dist/esm/icons/IconGift.mjs";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./rewards.module.css";

/** A code becomes credits, or the reason why not. */
export function RedeemCode() {
  const { t } = useTranslation();
  const label = useId();
  const queryClient = useQueryClient();
  const [code, setCode] = useState("");
  const redeem = useMutation(
    trpc.credits.redeemPromoCode.mutationOptions({
      onSuccess: async () => {
        setCode("");
        await queryClient.invalidateQueries(trpc.credits.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    redeem.mutate({ code });
  };
  return (
    <section className={section.card}>
      <h2 className={section.name} id={label}>
        {t("rewards.promo.title")}
      </h2>
      <p className={section.text}>{t("rewards.promo.text")}</p>
      <form className={styles.line} onSubmit={submit}>
        <TextInput
          className={styles.field}
          aria-labelledby={label}
          value={code}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
          disabled={redeem.isPending}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={redeem.isPending}>
          {t("rewards.promo.submit")}
        </Button>
      </form>
      <ProblemNote error={redeem.error} />
      {redeem.data && <Redeemed {...redeem.data} />}
    </section>
  );
}

function Redeemed({ credits, expiresAt }: { credits: number; expiresAt: string | null }) {
  const { t } = useTranslation();
  const text =
    expiresAt === null
      ? t("rewards.promo.lasting")
      : t("rewards.promo.until", { at: new Date(expiresAt) });
  return (
    <Note
      tone="good"
      role="status"
      icon={<IconGift size={18} />}
      title={t("rewards.promo.done", { credits: t("units.credits", { count: credits }) })}
      text={text}
    />
  );
}
