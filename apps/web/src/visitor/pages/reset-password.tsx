import { ResetPasswordForm } from "../../features/auth/reset-password-form.tsx";
import { tokenOfAddress } from "../address.ts";
import { goOn } from "../go-on.ts";

export const Page = () => <ResetPasswordForm token={tokenOfAddress} onSignedIn={goOn} />;
