import { SignInForm } from "../../features/auth/sign-in-form.tsx";
import { fromOf, useAddress } from "../address.ts";
import { goOn } from "../go-on.ts";

/** For those whose session has ended while they were at work. */
export const Page = () => <SignInForm expired from={useAddress(fromOf)} onSignedIn={goOn} />;
