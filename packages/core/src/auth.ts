import { z } from "zod";
import { PASSWORD_MIN } from "./password-rules.ts";
import { referralCode } from "./referrals.ts";
import { inputText } from "./text.ts";

export const locales = ["en", "ru"] as const;
export type Locale = (typeof locales)[number];

export const userRoles = ["user", "admin"] as const;
export type UserRole = (typeof userRoles)[number];

/**
 * Argon2 works on the whole password, so the limit only bounds the work of one request. Whether it is easy to guess is
 * judged where it is chosen (services/auth/passwords.ts): that takes lists, and knowing whose it is.
 */
export const password = inputText({ min: PASSWORD_MIN, max: 200, keepsSpaces: true });
export const email = inputText({ max: 254, letters: "lower" }).pipe(z.email());

export const signUpInput = z.object({
  email,
  password,
  locale: z.enum(locales).default("en"),
  /** Of whoever invited them. A wrong one is refused: dropped in silence, the reward would be lost. */
  referralCode: z.optional(referralCode),
});
export type SignUpInput = z.infer<typeof signUpInput>;
export const signInInput = z.object({
  email,
  password: inputText({ min: 1, max: 200, keepsSpaces: true }),
});
export type SignInInput = z.infer<typeof signInInput>;
export const requestPasswordResetInput = z.object({ email, locale: z.enum(locales).default("en") });
export type RequestPasswordResetInput = z.infer<typeof requestPasswordResetInput>;
export const resetPasswordInput = z.object({ token: inputText({ min: 20, max: 200 }), password });
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;
export const verifyEmailInput = z.object({ token: inputText({ min: 20, max: 200 }) });
export type VerifyEmailInput = z.infer<typeof verifyEmailInput>;
export const updatePreferencesInput = z.object({ locale: z.enum(locales) });
export type UpdatePreferencesInput = z.infer<typeof updatePreferencesInput>;

/** The signed-in user as the browser may know them. */
export type UserView = {
  id: string;
  email: string;
  role: UserRole;
  locale: Locale;
  createdAt: Date;
  /** They have opened a link that was mailed to this address. */
  isVerified: boolean;
  /** What is given (welcome credits, rewards) waits until they have. */
  awaitsVerification: boolean;
};

export const authLimits = {
  sessionDays: 30,
  resetTokenMinutes: 60,
  verificationHours: 24,
  /** Letters with a link to confirm the address. */
  verificationLetters: 3,
  /** All that follow are inside so many seconds. Beyond them attempts are slowed, never stopped. */
  attemptWindowSeconds: 900,
  /** Wrong passwords of a browser that has signed in to the account before. */
  triesOfKnownDevice: 10,
  /** Wrong passwords of a stranger: on one account from one address, on one account from everywhere, … */
  triesOfStranger: 5,
  triesOfStrangers: 20,
  /** … and on all accounts from one address. */
  triesOfAddress: 20,
  /** Sign-ins that succeed. */
  signInsPerAccount: 10,
  signInsPerAddress: 100,
  signUpsPerAddress: 50,
} as const;
