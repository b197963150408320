import { getRouteApi } from "@tanstack/react-router";
import { VerifyEmail } from "../features/auth/verify-email.tsx";

const route = getRouteApi("/member/verify-email");

export function VerifyEmailPage() {
  const { token = "" } = route.useSearch();
  return <VerifyEmail token={token} />;
}
