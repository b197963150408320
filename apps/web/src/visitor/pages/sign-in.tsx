import { SignInForm } from "../../features/auth/sign-in-form.tsx";
import { fromOf, useAddress } from "../address.ts";
import { goOn } from "../go-on.ts";

export const Page = () => (
  <SignInForm expired={false} from={useAddress(fromOf)} onSignedIn={goOn} />
);
