import { useState } from "react";
import { SignUpForm } from "../../features/auth/sign-up-form.tsx";
import { codeOf, fromOf, useAddress } from "../address.ts";
import { goOn } from "../go-on.ts";
import { usePageData } from "../page-data.ts";

/** Behind somebody's link. */
export function Page() {
  const { data } = usePageData();
  const code = useAddress(codeOf);
  const [isInvited, setInvited] = useState(true);
  const goWithout = () => {
    window.history.replaceState(window.history.state, "", "/sign-up");
    setInvited(false);
  };
  return (
    <SignUpForm
      invitation={isInvited ? { code } : null}
      from={useAddress(fromOf)}
      welcomeCredits={data?.welcomeCredits ?? null}
      onSignedUp={goOn}
      onWithoutCode={goWithout}
    />
  );
}
