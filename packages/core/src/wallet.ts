import { z } from "zod";
import type { CreditCategory, CreditSource } from "./credits.ts";
import { noticeStep } from "./notices.ts";
import type { SpendScope } from "./spend-scope.ts";
import type { DaySpending } from "./spending.ts";
import { inputText } from "./text.ts";

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** The reader's time zone decides where a day begins. */
export const walletInput = z.object({
  timeZone: inputText({ max: 64 }).refine(isTimeZone).default("UTC"),
});
export type WalletInput = z.infer<typeof walletInput>;

/** A grant with something left in it. */
export type BucketView = {
  grantId: string;
  /** The event that issued it, for its receipt. */
  issuedSeq: number;
  source: CreditSource;
  category: CreditCategory;
  amount: number;
  /** What may be spent of it now. */
  available: number;
  held: number;
  frozen: number;
  expiresAt: Date | null;
  /** What was paid for all of `amount`, in cents of `currency`. */
  costBasisCents: number;
  currency: string;
  issuedAt: Date;
  /** What of it expires unused at the pace of the last days; 0 while no pace is known. */
  unusedAtPace: number;
  /** Whether the user lets jobs use it. */
  isInScope: boolean;
};

/** Paid credits that are about to be lost. */
export type ExpiryNotice = {
  /** 1, 7 or 30: the tightest window they are in, so that no credit is announced twice. */
  withinDays: number;
  credits: number;
  /** When the first of them expire. */
  expiresAt: Date;
};

type Expiring = Pick<BucketView, "category" | "available" | "issuedAt" | "expiresAt">;

/** What the wallet says of paid credits that are about to expire: by the rule of the letters, most urgent first. */
export function expiryNotices(buckets: readonly Expiring[], now: number): ExpiryNotice[] {
  const notices = new Map<number, ExpiryNotice>();
  for (const { category, available, issuedAt, expiresAt } of buckets) {
    if (category !== "paid" || available === 0 || expiresAt === null) continue;
    const withinDays = noticeStep(issuedAt.getTime(), expiresAt.getTime(), now);
    if (withinDays === null) continue;
    const known = notices.get(withinDays);
    notices.set(withinDays, {
      withinDays,
      credits: available + (known?.credits ?? 0),
      expiresAt: known && known.expiresAt < expiresAt ? known.expiresAt : expiresAt,
    });
  }
  return [...notices.values()].toSorted((a, b) => a.withinDays - b.withinDays);
}

/** What expires next: everything that runs out at the same moment. */
export function nextExpiry(
  buckets: readonly Pick<Expiring, "available" | "expiresAt">[],
): { credits: number; expiresAt: Date } | null {
  let next: { credits: number; expiresAt: Date } | null = null;
  for (const { available, expiresAt } of buckets) {
    if (available === 0 || expiresAt === null) continue;
    if (next === null || expiresAt < next.expiresAt) next = { credits: available, expiresAt };
    else if (+expiresAt === +next.expiresAt) next.credits += available;
  }
  return next;
}

export type WalletView = {
  available: number;
  /** What of it jobs may use, as far as the user lets them. */
  usable: number;
  spendScope: SpendScope;
  held: number;
  frozen: number;
  owed: number;
  /** In the order in which they will be spent; those with nothing to spend now come last. */
  buckets: BucketView[];
  nextExpiry: { credits: number; expiresAt: Date } | null;
  expiringPaid: ExpiryNotice[];
  spending: {
    /** The last 30 days that are over, oldest first, and then today. */
    days: DaySpending[];
    /** Spent on those of them since the history began, and how many these are. */
    spent: number;
    observedDays: number;
    /** When the wallet would be empty at this pace; null when nothing was spent or nothing is left. */
    lastsUntil: Date | null;
    /** What expires unused at this pace, if nothing changes, and when the first of it. */
    unused: { credits: number; expiresAt: Date } | null;
  };
};
