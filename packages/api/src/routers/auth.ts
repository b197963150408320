import {
  requestPasswordResetInput,
  resetPasswordInput,
  signInInput,
  signUpInput,
  updatePreferencesInput,
  verifyEmailInput,
} from "@tintype/core/auth";
import { signOut, signOutEverywhere, updatePreferences } from "@tintype/services/auth/account";
import type { SignedIn } from "@tintype/services/auth/auth-context";
import { requestPasswordReset, resetPassword } from "@tintype/services/auth/reset-password";
import { signIn } from "@tintype/services/auth/sign-in";
import { signUp } from "@tintype/services/auth/sign-up";
import { requestVerification, verifyEmail } from "@tintype/services/auth/verify-email";
import { type ApiContext, publicProcedure, router, userProcedure } from "../trpc.ts";

/** The session's id travels in the cookie only, never in the answer. */
function remember({ setCookie }: ApiContext, { user, cookie, deviceCookie }: SignedIn) {
  setCookie(cookie);
  setCookie(deviceCookie);
  return user;
}

export const authRouter = router({
  me: publicProcedure.query(({ ctx }) => ctx.session?.user ?? null),
  signUp: publicProcedure
    .input(signUpInput)
    .mutation(async ({ ctx, input }) => remember(ctx, await signUp(ctx, input))),
  signIn: publicProcedure
    .input(signInInput)
    .mutation(async ({ ctx, input }) => remember(ctx, await signIn(ctx, input))),
  signOut: publicProcedure.mutation(async ({ ctx }) => {
    await signOut(ctx, ctx.session?.sessionId ?? null);
    ctx.setCookie(ctx.sessions.blankCookie());
  }),
  signOutEverywhere: userProcedure.mutation(async ({ ctx }) => {
    await signOutEverywhere(ctx);
    ctx.setCookie(ctx.sessions.blankCookie());
  }),
  requestPasswordReset: publicProcedure
    .input(requestPasswordResetInput)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx, input)),
  resetPassword: publicProcedure
    .input(resetPasswordInput)
    .mutation(async ({ ctx, input }) => remember(ctx, await resetPassword(ctx, input))),
  requestVerification: userProcedure.mutation(({ ctx }) => requestVerification(ctx)),
  verifyEmail: userProcedure
    .input(verifyEmailInput)
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),
  updatePreferences: userProcedure
    .input(updatePreferencesInput)
    .mutation(({ ctx, input }) => updatePreferences(ctx, input)),
});
