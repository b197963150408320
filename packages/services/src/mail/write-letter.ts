import type { Db } from "@tintype/db/client";
import { packs, plans } from "@tintype/db/schema";
import { inArray } from "drizzle-orm";
import { issueResetToken, RESET_MINUTES } from "../auth/reset-tokens.ts";
import { issueVerificationToken } from "../auth/verification-tokens.ts";
import { creditsExpireLetter } from "./credits-expire-letter.ts";
import { disputeLetter } from "./dispute-letter.ts";
import type { Letter } from "./layout.ts";
import type { LetterDesk, Pages } from "./letter-desk.ts";
import { lowBalanceLetter } from "./low-balance-letter.ts";
import type { BillingMessage, MailMessage } from "./messages.ts";
import { overageAlertLetter } from "./overage-alert-letter.ts";
import { passwordResetLetter } from "./password-reset-letter.ts";
import { paymentFailedLetter } from "./payment-failed-letter.ts";
import { paymentProcessingLetter } from "./payment-processing-letter.ts";
import { planLetter } from "./plan-letter.ts";
import { productName } from "./product-name.ts";
import { receiptLetter } from "./receipt-letter.ts";
import { refundFailedLetter } from "./refund-failed-letter.ts";
import { refundLetter } from "./refund-letter.ts";
import { renewalLetter } from "./renewal-letter.ts";
import { signInAttemptsLetter } from "./sign-in-attempts-letter.ts";
import { stopLettersLink } from "./stop-letters-link.ts";
import { topUpDeclinedLetter } from "./top-up-declined-letter.ts";
import { verifyEmailLetter } from "./verify-email-letter.ts";
import { welcomeLetter } from "./welcome-letter.ts";

type Parts = {
  db: Db;
  publicUrl: string;
  /** Signs links that work without signing in; null where none is set. */
  linkSecret: string | null;
  now: () => Date;
};

/** Turns what waits in the outbox into words. A secret in them is made now. */
export async function writeLetter(parts: Parts, message: MailMessage): Promise<Letter> {
  const page = (path: string) => new URL(path, parts.publicUrl).href;
  const { publicUrl, linkSecret: secret } = parts;
  const pages: Pages = {
    studio: page("/studio"),
    wallet: page("/wallet"),
    billing: page("/billing"),
    settings: page("/settings"),
    stopLetters: secret === null ? null : stopLettersLink({ publicUrl, secret }, message),
  };
  switch (message.kind) {
    case "password_reset": {
      const token = await issueResetToken(parts.db, message.userId, parts.now());
      const url = page(`/reset-password?token=${token}`);
      return passwordResetLetter(message.locale, url, RESET_MINUTES);
    }
    case "verify_email": {
      const { userId, to: email } = message;
      const token = await issueVerificationToken(parts.db, { userId, email }, parts.now());
      return verifyEmailLetter(message.locale, page(`/verify-email?token=${token}`));
    }
    case "sign_in_attempts":
      return signInAttemptsLetter(message.locale, page("/forgot-password"));
    case "welcome":
      return welcomeLetter(message, { nameOf: () => null, pages });
    case "credits_expire":
      return creditsExpireLetter(message, pages);
    case "overage_alert":
      return overageAlertLetter(message, { ...pages, billing: page("/billing#overage") });
    case "low_balance":
      return lowBalanceLetter(message, pages);
    case "top_up_declined":
      return topUpDeclinedLetter(message, page("/billing#top-up"));
    default:
      return billingLetter(message, { nameOf: await namesFor(parts.db, message), pages });
  }
}

/** A kind without a letter does not compile. */
export function billingLetter(message: BillingMessage, desk: LetterDesk): Letter {
  switch (message.kind) {
    case "receipt":
      return receiptLetter(message, desk);
    case "payment_failed":
      return paymentFailedLetter(message, desk);
    case "payment_processing":
      return paymentProcessingLetter(message, desk);
    case "renewal":
      return renewalLetter(message, desk);
    case "refund":
      return refundLetter(message, desk);
    case "refund_failed":
      return refundFailedLetter(message, desk);
    case "dispute_opened":
    case "dispute_closed":
      return disputeLetter(message, desk);
    case "plan":
      return planLetter(message, desk);
  }
}

/** As they are sold today, or were: a plan that is no longer sold keeps its name. */
async function namesFor(db: Db, message: BillingMessage): Promise<LetterDesk["nameOf"]> {
  const codes = ["productCode", "planCode", "otherPlanCode"].flatMap((key) => {
    const code: unknown = Object.entries(message).find(([name]) => name === key)?.[1];
    return typeof code === "string" ? [code] : [];
  });
  if (codes.length === 0) return () => null;
  const [plan, pack] = await Promise.all([
    db.select({ code: plans.code, name: plans.name }).from(plans).where(inArray(plans.code, codes)),
    db.select({ code: packs.code, name: packs.name }).from(packs).where(inArray(packs.code, codes)),
  ]);
  const { locale } = message;
  const names = new Map(
    [...plan, ...pack].map(({ code, name }) => [code, productName(locale, name)]),
  );
  return (code) => (code === null ? null : (names.get(code) ?? null));
}
