import { getRouteApi, useRouter } from "@tanstack/react-router";
import { SignInForm } from "../features/auth/sign-in-form.tsx";

const route = getRouteApi("/visitor/sign-in");

export function SignInPage() {
  const { from, expired = false } = route.useSearch();
  const { history } = useRouter();
  // `from` is a whole address with its own search, so it goes to the history as it is.
  const goBack = async () => history.push(from ?? "/studio");
  return <SignInForm expired={expired} {...(from !== undefined && { from })} onSignedIn={goBack} />;
}
