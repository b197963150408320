import { useNavigate } from "@tanstack/react-router";
import { SignUpForm } from "../features/auth/sign-up-form.tsx";

export function SignUpPage() {
  const navigate = useNavigate();
  return <SignUpForm onSignedUp={() => navigate({ to: "/studio" })} />;
}
