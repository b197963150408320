import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { becomeUser } from "../../lib/use-user.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { EmailField, PasswordField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

type Props = {
  expired: boolean;
  /** Where they come from, for those who have no account yet. */
  from?: string;
  onSignedIn: () => Promise<void>;
};

export function SignInForm({ expired, from, onSignedIn }: Props) {
  const { t } = useTranslation();
  const signIn = useMutation(
    trpc.auth.signIn.mutationOptions({
      onSuccess: async (user) => {
        await becomeUser(user);
        await onSignedIn();
      },
    }),
  );
  const { error, isPending } = signIn;
  return (
    <AuthCard
      title={t("auth.signIn.title")}
      footer={
        <>
          {t("auth.signIn.new")}{" "}
          <Link to="/sign-up" search={from ? { from } : {}} className={styles.link}>
            {t("nav.signUp")}
          </Link>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          const field = readFields(event);
          signIn.mutate({ email: field("email"), password: field("password") });
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
        <PasswordField error={error} disabled={isPending} fresh={false} />
        <Link to="/forgot-password" className={`${styles.link} ${styles.aside}`}>
          {t("auth.forgot.link")}
        </Link>
        <ProblemNote error={formError(error)} />
        <Button type="submit" size="md" loading={isPending}>
          {t("nav.signIn")}
        </Button>
      </form>
    </AuthCard>
  );
}
