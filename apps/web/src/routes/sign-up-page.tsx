import { useNavigate, useParams } from "@tanstack/react-router";
import { SignUpForm } from "../features/auth/sign-up-form.tsx";

/** Also behind somebody's link: /invite/CODE. */
export function SignUpPage() {
  const navigate = useNavigate();
  const { code } = useParams({ strict: false });
  return (
    <SignUpForm
      {...(code !== undefined && { referralCode: code })}
      onSignedUp={() => navigate({ to: "/studio" })}
      onWithoutCode={() => navigate({ to: "/sign-up" })}
    />
  );
}
