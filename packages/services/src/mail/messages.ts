import type { Locale } from "@tintype/core/auth";

/**
 * What waits in the outbox: the intent, not the letter. The letter is written when it is sent, so that
 * a secret in it (the link of a password reset) is never stored, and its hour begins when it leaves.
 */
export type MailMessage = {
  kind: "password_reset";
  userId: string;
  to: string;
  locale: Locale;
};
