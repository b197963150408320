import { SignUpForm } from "../../features/auth/sign-up-form.tsx";
import { fromOf, useAddress } from "../address.ts";
import { goOn } from "../go-on.ts";
import { usePageData } from "../page-data.ts";

export function Page() {
  const { data } = usePageData();
  const welcomeCredits = data?.welcomeCredits ?? null;
  return (
    <SignUpForm
      invitation={null}
      from={useAddress(fromOf)}
      {...{ welcomeCredits, onSignedUp: goOn }}
    />
  );
}
