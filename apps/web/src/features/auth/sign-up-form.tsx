import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { problemOf } from "../../lib/problem.ts";
import { catalogueQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { becomeUser } from "../../lib/use-user.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { EmailField, PasswordField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";

type Props = {
  /** Of whoever invited them. */
  referralCode?: string;
  /** Where they come from, for those who have an account after all. */
  from?: string;
  onSignedUp: () => Promise<void>;
  /** The code is not good, and they want an account all the same. */
  onWithoutCode: () => Promise<void>;
};

export function SignUpForm({ referralCode, from, onSignedUp, onWithoutCode }: Props) {
  const { t, locale } = useTranslation();
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
  const count = catalogue?.rewards.welcomeCredits ?? 0;
  return (
    <AuthCard
      title={t("auth.signUp.title")}
      subtitle={count > 0 ? t("auth.signUp.welcome", { count }) : t("auth.signUp.subtitle")}
      footer={
        <>
          {t("auth.signUp.known")}{" "}
          <Link to="/sign-in" search={from ? { from } : {}} className={styles.link}>
            {t("nav.signIn")}
          </Link>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          const field = readFields(event);
          signUp.mutate({
            ...{ email: field("email"), password: field("password"), locale },
            ...(referralCode !== undefined && { referralCode }),
          });
        }}
      >
        <EmailField error={error} disabled={isPending} />
        <PasswordField error={error} disabled={isPending} fresh />
        {referralCode !== undefined && !error && (
          <Note
            tone="calm"
            title={t("auth.invited.title", { code: referralCode })}
            text={t("auth.invited.text")}
          />
        )}
        <ProblemNote error={formError(error)}>
          {referralCode !== undefined && isAboutCode(error) && (
            <Button variant="default" onClick={onWithoutCode}>
              {t("auth.invited.without")}
            </Button>
          )}
        </ProblemNote>
        <Button type="submit" size="md" loading={isPending}>
          {t("auth.signUp.submit")}
        </Button>
      </form>
    </AuthCard>
  );
}

const isAboutCode = (error: unknown): boolean =>
  ["referral_code_unknown", "referral_refused"].includes(problemOf(error)?.code ?? "");
