import type { CreditEventKind, CreditSource } from "./credits.ts";

/**
 * The ledger in plain English, for files and letters that leave the product; the pages have their own texts in
 * every language. A kind or source without words does not compile.
 */
export const eventWords: Record<CreditEventKind, string> = {
  grant: "Credits received",
  hold: "Set aside for a job",
  capture: "Spent",
  release: "Came back",
  expire: "Expired",
  rollover: "Carried over",
  freeze: "Frozen during a dispute",
  unfreeze: "Released after a dispute",
  clawback: "Taken back: payment returned",
  reinstate: "Restored",
  adjustment: "Adjustment",
  repayment: "Debt repaid",
};

export const sourceWords: Record<CreditSource, string> = {
  purchase: "Purchase",
  allowance: "Plan allowance",
  rollover: "Carried over from last period",
  welcome: "Welcome gift",
  promo: "Promotion",
  referral: "Referral reward",
  streak: "Streak reward",
  adjustment: "Adjustment by support",
  compensation: "Compensation",
  migration: "Moved from another system",
  overage: "Beyond the wallet, billed later",
};
