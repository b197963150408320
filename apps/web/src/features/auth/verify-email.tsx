import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { SendVerification } from "../../components/send-verification.tsx";
import { meQuery } from "../../lib/queries.ts";
import { queryClient } from "../../lib/query-client.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { isSignedIn, useUser } from "../../lib/use-user.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";

/** A press confirms, not the opening of the page: mail scanners open every link in a letter. */
export function VerifyEmail({ token }: { token: string }) {
  const { t } = useTranslation();
  const { email } = useUser();
  const verify = useMutation(
    trpc.auth.verifyEmail.mutationOptions({
      onSuccess: (user) => {
        if (isSignedIn(user.id)) queryClient.setQueryData(meQuery().queryKey, user);
      },
    }),
  );
  if (verify.isSuccess) return <Verified />;
  return (
    <AuthCard title={t("verify.title")} subtitle={t("verify.text", { email })}>
      <div className={styles.form}>
        <ProblemNote error={verify.error}>
          <SendVerification label={t("verify.send")} />
        </ProblemNote>
        {!verify.error && (
          <Button size="md" loading={verify.isPending} onClick={() => verify.mutate({ token })}>
            {t("verify.submit")}
          </Button>
        )}
      </div>
    </AuthCard>
  );
}

function Verified() {
  const { t } = useTranslation();
  return (
    <AuthCard
      title={t("verify.done")}
      footer={
        <Link to="/studio" className={styles.link}>
          {t("verify.studio")}
        </Link>
      }
    >
      <Note tone="good" role="status" title={t("verify.doneText")} />
    </AuthCard>
  );
}
