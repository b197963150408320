import type { VisitorPage } from "@tintype/core/visitor-pages";
import type { ComponentType } from "react";
import { Page as ForgotPassword } from "./pages/forgot-password.tsx";
import { Page as Invite } from "./pages/invite.tsx";
import { Page as Landing } from "./pages/landing.tsx";
import { Page as Pricing } from "./pages/pricing.tsx";
import { Page as ResetPassword } from "./pages/reset-password.tsx";
import { Page as SignIn } from "./pages/sign-in.tsx";
import { Page as SignInAgain } from "./pages/sign-in-again.tsx";
import { Page as SignUp } from "./pages/sign-up.tsx";

/** All of them, for drawing; a browser loads one (./entries). */
export const pages: Record<VisitorPage, ComponentType> = {
  landing: Landing,
  pricing: Pricing,
  "sign-in": SignIn,
  "sign-in-again": SignInAgain,
  "sign-up": SignUp,
  invite: Invite,
  "forgot-password": ForgotPassword,
  "reset-password": ResetPassword,
};
