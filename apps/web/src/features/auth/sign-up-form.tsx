import { Button } from "@mantine/core";
import type { SignUpInput } from "@tintype/core/auth";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { callAuth } from "../../lib/ask-server.ts";
import { problemOf } from "../../lib/problem.ts";
import { useCall } from "../../lib/use-call.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import styles from "./auth-card.module.css";
import { AuthCard } from "./auth-card.tsx";
import { AuthForm } from "./auth-form.tsx";
import { EmailField } from "./credential-fields.tsx";
import { formError, readFields } from "./form-fields.ts";
import { NewPasswordField } from "./new-password-field.tsx";
import type { SignedIn } from "./signed-in.ts";
import { withFrom } from "./with-from.ts";

type Props = {
  /** They come by somebody's link; its code is read when it is sent, and shown once it is known. */
  invitation: { code: string | null } | null;
  /** Where they come from, for those who have an account after all. */
  from: string | null;
  welcomeCredits: number | null;
  onSignedUp: SignedIn;
  /** The code is not good, and they want an account all the same. */
  onWithoutCode?: () => void;
};

export function SignUpForm(props: Props) {
  const { invitation, from, welcomeCredits, onSignedUp, onWithoutCode } = props;
  const { t, locale } = useTranslation();
  const send = (input: SignUpFields) => callAuth("signUp", input);
  const signUp = useCall(send, onSignedUp);
  const { error, isPending } = signUp;
  const count = welcomeCredits ?? 0;
  const referralCode = invitation?.code ?? null;
  return (
    <AuthCard
      title={t("auth.signUp.title")}
      subtitle={count > 0 ? t("auth.signUp.welcome", { count }) : t("auth.signUp.subtitle")}
      footer={
        <>
          {t("auth.signUp.known")}{" "}
          <a href={withFrom("/sign-in", from)} className={styles.link}>
            {t("nav.signIn")}
          </a>
        </>
      }
    >
      <AuthForm
        onSubmit={(event) => {
          const field = readFields(event);
          signUp.run({
            ...{ email: field("email"), password: field("password"), locale },
            ...(referralCode !== null && { referralCode }),
          });
        }}
      >
        <EmailField error={error} disabled={isPending} />
        <NewPasswordField error={error} disabled={isPending} />
        {invitation && !error && (
          <Note
            tone="calm"
            title={t("auth.invited.title", { code: referralCode ?? "…" })}
            text={t("auth.invited.text")}
          />
        )}
        <ProblemNote error={formError(error)}>
          {invitation && isAboutCode(error) && (
            <Button variant="default" onClick={onWithoutCode}>
              {t("auth.invited.without")}
            </Button>
          )}
        </ProblemNote>
        <Button type="submit" size="md" loading={isPending}>
          {t("auth.signUp.submit")}
        </Button>
      </AuthForm>
    </AuthCard>
  );
}

type SignUpFields = Pick<SignUpInput, "email" | "password" | "locale" | "referralCode">;

const isAboutCode = (error: unknown): boolean =>
  ["referral_code_unknown", "referral_refused"].includes(problemOf(error)?.code ?? "");
