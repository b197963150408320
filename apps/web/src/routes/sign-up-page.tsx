import { useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { SignUpForm } from "../features/auth/sign-up-form.tsx";

/** Also behind somebody's link: /invite/CODE. */
export function SignUpPage() {
  const navigate = useNavigate();
  const { code } = useParams({ strict: false });
  const { from } = useSearch({ strict: false });
  const { history } = useRouter();
  // `from` is a whole address with its own search, so it goes to the history as it is.
  const goOn = async () => (from === undefined ? navigate({ to: "/studio" }) : history.push(from));
  return (
    <SignUpForm
      {...(code !== undefined && { referralCode: code })}
      {...(from !== undefined && { from })}
      onSignedUp={goOn}
      onWithoutCode={() => navigate({ to: "/sign-up" })}
    />
  );
}
