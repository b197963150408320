import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ProblemNote } from "../../components/problem-note.tsx";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { becomeUser } from "../../lib/use-user.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { PasswordField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

type Props = { token: string; onSignedIn: () => Promise<void> };

export function ResetPasswordForm({ token, onSignedIn }: Props) {
  const { t } = useTranslation();
  const reset = useMutation(
    trpc.auth.resetPassword.mutationOptions({
      onSuccess: async (user) => {
        await becomeUser(user);
        await onSignedIn();
      },
    }),
  );
  const { error, isPending } = reset;
  return (
    <AuthCard
      title={t("auth.reset.title")}
      subtitle={t("auth.reset.subtitle")}
      footer={
        <Link to="/forgot-password" className={styles.link}>
          {t("auth.reset.again")}
        </Link>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => reset.mutate({ token, password: readFields(event)("password") })}
      >
        <PasswordField error={error} disabled={isPending} fresh />
        <ProblemNote error={formError(error)} />
        <Button type="submit" size="md" loading={isPending}>
          {t("auth.reset.submit")}
        </Button>
      </form>
    </AuthCard>
  );
}
