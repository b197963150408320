import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { EmailField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

/** Says the same whether the address is known or not: who has an account is nobody's business. */
export function ForgotPasswordForm() {
  const { t, locale } = useTranslation();
  const request = useMutation(trpc.auth.requestPasswordReset.mutationOptions());
  const { error, isPending, isSuccess, variables } = request;
  return (
    <AuthCard
      title={t("auth.forgot.title")}
      subtitle={t("auth.forgot.subtitle")}
      footer={
        <Link to="/sign-in" className={styles.link}>
          {t("auth.forgot.back")}
        </Link>
      }
    >
      {isSuccess ? (
        <Note
          tone="good"
          role="status"
          title={t("auth.forgot.sent")}
          text={t("auth.forgot.sentText", { email: variables.email })}
        />
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => request.mutate({ email: readFields(event)("email"), locale })}
        >
          <EmailField error={error} disabled={isPending} />
          <ProblemNote error={formError(error)} />
          <Button type="submit" size="md" loading={isPending}>
            {t("auth.forgot.submit")}
          </Button>
        </form>
      )}
    </AuthCard>
  );
}
