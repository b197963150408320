import { Button } from "@mantine/core";
import type { SignInInput } from "@tintype/core/auth";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { callAuth } from "../../lib/ask-server.ts";
import { useCall } from "../../lib/use-call.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { AuthForm } from "./auth-form.tsx";
import { EmailField, PasswordField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";
import type { SignedIn } from "./signed-in.ts";
import { withFrom } from "./with-from.ts";

type Props = {
  expired: boolean;
  /** Where they come from, for those who have no account yet. */
  from: string | null;
  onSignedIn: SignedIn;
};

export function SignInForm({ expired, from, onSignedIn }: Props) {
  const { t } = useTranslation();
  const send = (input: SignInInput) => callAuth("signIn", input);
  const signIn = useCall(send, onSignedIn);
  const { error, isPending } = signIn;
  return (
    <AuthCard
      title={t("auth.signIn.title")}
      footer={
        <>
          {t("auth.signIn.new")}{" "}
          <a href={withFrom("/sign-up", from)} className={styles.link}>
            {t("nav.signUp")}
          </a>
        </>
      }
    >
      <AuthForm
        onSubmit={(event) => {
          const field = readFields(event);
          signIn.run({ email: field("email"), password: field("password") });
        }}
      >
        {expired && !error && (
          <Note
            tone="calm"
            role="status"
            title={t("auth.expired.title")}
            text={t("auth.expired.text")}
          />
        )}
        <EmailField error={error} disabled={isPending} />
        <PasswordField error={error} disabled={isPending} />
        <a href="/forgot-password" className={`${styles.link} ${styles.aside}`}>
          {t("auth.forgot.link")}
        </a>
        <ProblemNote error={formError(error)} />
        <Button type="submit" size="md" loading={isPending}>
          {t("nav.signIn")}
        </Button>
      </AuthForm>
    </AuthCard>
  );
}
