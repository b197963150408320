import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ResetPasswordForm } from "../features/auth/reset-password-form.tsx";

const route = getRouteApi("/visitor/reset-password");

export function ResetPasswordPage() {
  const { token = "" } = route.useSearch();
  const navigate = useNavigate();
  return <ResetPasswordForm token={token} onSignedIn={() => navigate({ to: "/studio" })} />;
}
