import { Button } from "@mantine/core";
import type { Locale } from "@tintype/core/auth";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { callAuth } from "../../lib/ask-server.ts";
import { useCall } from "../../lib/use-call.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { AuthForm } from "./auth-form.tsx";
import { EmailField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

/** Says the same whether the address is known or not: who has an account is nobody's business. */
export function ForgotPasswordForm() {
  const { t, locale } = useTranslation();
  const request = useCall((input: { email: string; locale: Locale }) =>
    callAuth("requestPasswordReset", input),
  );
  const { error, isPending } = request;
  return (
    <AuthCard
      title={t("auth.forgot.title")}
      subtitle={t("auth.forgot.subtitle")}
      footer={
        <a href="/sign-in" className={styles.link}>
          {t("auth.forgot.back")}
        </a>
      }
    >
      {request.step === "done" ? (
        <Note
          tone="good"
          role="status"
          title={t("auth.forgot.sent")}
          text={t("auth.forgot.sentText", { email: request.sent.email })}
        />
      ) : (
        <AuthForm onSubmit={(event) => request.run({ email: readFields(event)("email"), locale })}>
          <EmailField error={error} disabled={isPending} />
          <ProblemNote error={formError(error)} />
          <Button type="submit" size="md" loading={isPending}>
            {t("auth.forgot.submit")}
          </Button>
        </AuthForm>
      )}
    </AuthCard>
  );
}
