import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "../../components/problem-note.tsx";
import { catalogueQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";
import { becomeUser } from "../../lib/use-user.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { EmailField, PasswordField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

export function SignUpForm({ onSignedUp }: { onSignedUp: () => Promise<void> }) {
  const { t, i18n } = useTranslation();
  const { data: catalogue } = useQuery(catalogueQuery());
  const signUp = useMutation(
    trpc.auth.signUp.mutationOptions({
      onSuccess: async (user) => {
        await becomeUser(user);
        await onSignedUp();
      },
    }),
  );
  const { error, isPending } = signUp;
  const locale = i18n.language === "ru" ? "ru" : "en";
  const count = catalogue?.rewards.welcomeCredits ?? 0;
  return (
    <AuthCard
      title={t("auth.signUp.title")}
      subtitle={count > 0 ? t("auth.signUp.welcome", { count }) : t("auth.signUp.subtitle")}
      footer={
        <>
          {t("auth.signUp.known")}{" "}
          <Link to="/sign-in" className={styles.link}>
            {t("nav.signIn")}
          </Link>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          const field = readFields(event);
          signUp.mutate({ email: field("email"), password: field("password"), locale });
        }}
      >
        <EmailField error={error} disabled={isPending} />
        <PasswordField error={error} disabled={isPending} fresh />
        <ProblemNote error={formError(error)} />
        <Button type="submit" size="md" loading={isPending}>
          {t("auth.signUp.submit")}
        </Button>
      </form>
    </AuthCard>
  );
}
