import { Button } from "@mantine/core";
import { ProblemNote } from "../../components/problem-note.tsx";
import { callAuth } from "../../lib/ask-server.ts";
import { useCall } from "../../lib/use-call.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { AuthForm } from "./auth-form.tsx";
import { formError, readFields } from "./form-fields.ts";
import { NewPasswordField } from "./new-password-field.tsx";
import type { SignedIn } from "./signed-in.ts";

type Props = {
  /** Of the letter; read when it is sent. */
  token: () => string;
  onSignedIn: SignedIn;
};

export function ResetPasswordForm({ token, onSignedIn }: Props) {
  const { t } = useTranslation();
  const send = (password: string) => callAuth("resetPassword", { token: token(), password });
  const reset = useCall(send, onSignedIn);
  const { error, isPending } = reset;
  return (
    <AuthCard
      title={t("auth.reset.title")}
      subtitle={t("auth.reset.subtitle")}
      footer={
        <a href="/forgot-password" className={styles.link}>
          {t("auth.reset.again")}
        </a>
      }
    >
      <AuthForm onSubmit={(event) => reset.run(readFields(event)("password"))}>
        <NewPasswordField error={error} disabled={isPending} />
        <ProblemNote error={formError(error)} />
        <Button type="submit" size="md" loading={isPending}>
          {t("auth.reset.submit")}
        </Button>
      </AuthForm>
    </AuthCard>
  );
}
