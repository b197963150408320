import type { Locale } from "@tintype/core/auth";
import type { BillingNews } from "@tintype/core/billing-news";
import type { TopUpReason } from "@tintype/core/top-up";

type Addressed = { userId: string; to: string; locale: Locale };

export type PasswordResetMessage = Addressed & { kind: "password_reset" };

/** A link that shows whose the address is. */
export type VerifyEmailMessage = Addressed & { kind: "verify_email" };

/** Strangers have tried many wrong passwords. */
export type SignInAttemptsMessage = Addressed & { kind: "sign_in_attempts" };

export type WelcomeMessage = Addressed & {
  kind: "welcome";
  /** Given with the account; 0 for somebody who has had one before. */
  credits: number;
};

export type CreditsExpireMessage = Addressed & {
  kind: "credits_expire";
  /** The user's; an IANA name. */
  timeZone: string;
  /** Soonest first. `expiresAt` is ISO 8601. */
  expiring: { credits: number; expiresAt: string }[];
};

export type OverageAlertMessage = Addressed & {
  kind: "overage_alert";
  percent: number;
  usedCents: number;
  limitCents: number;
};

export type LowBalanceMessage = Addressed & { kind: "low_balance"; available: number };

export type TopUpDeclinedMessage = Addressed & {
  kind: "top_up_declined";
  reason: TopUpReason;
  priceCents: number;
};
/** `timeZone` is the user's; an IANA name. */
export type BillingMessage = Addressed & { timeZone: string } & BillingNews;
export type BillingMessageOf<Kind extends BillingNews["kind"]> = Extract<
  BillingMessage,
  { kind: Kind }
>;

/**
 * What waits in the outbox: the intent, not the letter. The letter is written when it is sent, so that
 * a secret in it (the link of a password reset) is never stored, and its hour begins when it leaves.
 */
export type MailMessage =
  | PasswordResetMessage
  | VerifyEmailMessage
  | SignInAttemptsMessage
  | WelcomeMessage
  | CreditsExpireMessage
  | OverageAlertMessage
  | LowBalanceMessage
  | TopUpDeclinedMessage
  | BillingMessage;
