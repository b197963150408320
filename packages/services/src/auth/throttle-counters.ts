import { authLimits } from "@tintype/core/auth";
import { rewardLimits } from "@tintype/core/rewards";
import type { signInAttempts } from "@tintype/db/schema";

type Scope = (typeof signInAttempts.$inferSelect)["scope"];

/**
 * At most `limit` attempts on one subject inside the window. With `pauseMs` the door is never closed: beyond the
 * limit one attempt passes each pause. Without it, none passes until the window has moved on.
 */
export type Counter = {
  scope: Scope;
  subject: string;
  limit: number;
  /** For an attempt that is the first one of the list's first counter: of whoever has not failed yet. */
  limitOfFirst?: number;
  windowMs?: number;
  pauseMs?: number;
};

const WINDOW_MS = authLimits.attemptWindowSeconds * 1_000;
const PROMO_WINDOW_MS = rewardLimits.promoWindowSeconds * 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
export const LONGEST_WINDOW_MS = Math.max(WINDOW_MS, PROMO_WINDOW_MS, DAY_MS);
export const windowOf = ({ windowMs = WINDOW_MS }: Counter): number => windowMs;

const RESETS_PER_ACCOUNT = 3;
/** Far more than a person clicks in a quarter of an hour. */
const PAYMENT_QUESTIONS = 60;

/** A browser that has signed in to the account before answers for nobody but itself. */
export const deviceCounter = (deviceId: string): Counter => ({
  ...{ scope: "account", subject: `device ${deviceId}`, limit: authLimits.triesOfKnownDevice },
  pauseMs: 20_000,
});

/** Of one account from one address: the first thing that slows a guesser, and only there. */
export const pairCounter = (email: string, address: string): Counter => ({
  ...{ scope: "address", subject: `${address} ${email}`, limit: authLimits.triesOfStranger },
  pauseMs: 20_000,
});

/**
 * Of one account from everywhere. Whoever has not failed from their address yet passes ten times as long, so that a
 * guesser with a hundred addresses does not slow the owner on a new device.
 */
export const strangersCounter = (email: string): Counter => ({
  ...{ scope: "account", subject: `strangers ${email}`, limit: authLimits.triesOfStrangers },
  ...{ limitOfFirst: authLimits.triesOfStrangers * 10, pauseMs: 5_000 },
});

/** Of all accounts from one address, behind which may be a whole office. */
const addressCounter = (address: string): Counter => ({
  ...{ scope: "address", subject: address, limit: authLimits.triesOfAddress },
  ...{ limitOfFirst: authLimits.triesOfAddress * 3, pauseMs: 3_000 },
});

export const strangerCounters = (email: string, address: string): Counter[] => [
  pairCounter(email, address),
  strangersCounter(email),
  addressCounter(address),
];

/** Sign-ins that succeeded: a session costs us a row and a hash, whoever begins a hundred of them. */
export const signedInCounters = (userId: string, address: string): Counter[] => [
  {
    ...{ scope: "account", subject: `signed_in ${userId}`, limit: authLimits.signInsPerAccount },
    pauseMs: 10_000,
  },
  {
    ...{ scope: "address", subject: `signed_in ${address}`, limit: authLimits.signInsPerAddress },
    pauseMs: 2_000,
  },
];

/** The owner is written to about tries at most once a day. */
export const warningCounter = (email: string): Counter => ({
  ...{ scope: "account", subject: `warned ${email}`, limit: 1, windowMs: DAY_MS },
});

export const signUpCounters = (address: string): Counter[] => [
  {
    ...{ scope: "address", subject: `sign_up ${address}`, limit: authLimits.signUpsPerAddress },
    pauseMs: 10_000,
  },
];

/** Letters to one account are counted apart: whether they are has an account must not show. */
export const resetRequestCounters = (address: string): Counter[] => [
  {
    ...{ scope: "address", subject: `reset ${address}`, limit: authLimits.triesOfAddress },
    pauseMs: 5_000,
  },
];

export const resetLetterCounters = (email: string): Counter[] => [
  { scope: "account", subject: `reset ${email}`, limit: RESETS_PER_ACCOUNT },
];

export const verificationLetterCounters = (userId: string): Counter[] => [
  { scope: "account", subject: `verify ${userId}`, limit: authLimits.verificationLetters },
];

/** A promo code is short enough to be guessed by a machine that may guess all day. */
export const promoCounters = (userId: string): Counter[] => [
  {
    scope: "account",
    subject: `promo ${userId}`,
    limit: rewardLimits.wrongPromoCodes,
    windowMs: PROMO_WINDOW_MS,
  },
];

/** Pages, refunds: questions to the payment provider, which answers all our users together only so often. */
export const paymentCounters = (userId: string): Counter[] => [
  { scope: "account", subject: `payments ${userId}`, limit: PAYMENT_QUESTIONS },
];
