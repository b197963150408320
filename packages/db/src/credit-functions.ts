import type { CreditCategory, CreditSource } from "@tintype/core/credits";
import type { BalanceView } from "@tintype/core/jobs";
import type { SpendScope } from "@tintype/core/spend-scope";
import { type Parameter, sqlFunction } from "./sql-function.ts";

export type ActorColumns = { actorKind: "user" | "admin" | "system"; actorId: string };

export type GrantArguments = ActorColumns & {
  userId: string;
  grantId: string;
  source: CreditSource;
  category: CreditCategory;
  amount: number;
  idempotencyKey: string;
  now: Date;
  expiresAt: Date | null;
  priority: number;
  costBasisCents: number;
  currency: string;
  paymentReference: string | null;
  periodReference: string | null;
  reason: string | null;
};
export const grantCredits = sqlFunction<
  GrantArguments,
  { outcome: "granted" | "already_granted"; seq: number }
>("grant_credits", [
  ["userId", "uuid"],
  ["grantId", "uuid"],
  ["source", "credit_source"],
  ["category", "credit_category"],
  ["amount", "bigint"],
  ["idempotencyKey", "text"],
  ["actorKind", "actor_kind"],
  ["actorId", "text"],
  ["now", "timestamptz"],
  ["expiresAt", "timestamptz"],
  ["priority", "smallint"],
  ["costBasisCents", "bigint"],
  ["currency", "text"],
  ["paymentReference", "text"],
  ["periodReference", "text"],
  ["reason", "text"],
]);

/** @returns how many credits expired, as text: PostgreSQL's bigint */
export const expireCredits = sqlFunction<{ userId: string; now: Date }, string>("expire_credits", [
  ["userId", "uuid"],
  ["now", "timestamptz"],
]);

/** @returns the new event's number as text (PostgreSQL's bigint), or null when nothing had to move */
export const setPaymentReversed = sqlFunction<
  ActorColumns & {
    userId: string;
    paymentReference: string;
    reversedCents: number;
    paidCents: number;
    /** What this payment will still bring: months of a year that have not been granted. */
    creditsToCome: number;
    idempotencyKey: string;
    reason: string | null;
    now: Date;
  },
  string | null
>("set_payment_reversed", [
  ["userId", "uuid"],
  ["paymentReference", "text"],
  ["reversedCents", "bigint"],
  ["paidCents", "bigint"],
  ["idempotencyKey", "text"],
  ["actorKind", "actor_kind"],
  ["actorId", "text"],
  ["reason", "text"],
  ["now", "timestamptz"],
  ["creditsToCome", "bigint"],
]);

type DisputeArguments = {
  userId: string;
  paymentReference: string;
  idempotencyKey: string;
  reason: string | null;
  now: Date;
};
const disputeParameters: readonly Parameter[] = [
  ["userId", "uuid"],
  ["paymentReference", "text"],
  ["idempotencyKey", "text"],
  ["reason", "text"],
  ["now", "timestamptz"],
];
export const freezePayment = sqlFunction<DisputeArguments, string | null>(
  "freeze_payment",
  disputeParameters,
);
export const unfreezePayment = sqlFunction<DisputeArguments, string | null>(
  "unfreeze_payment",
  disputeParameters,
);

export type RolledOver = {
  outcome: "rolled_over" | "already_rolled_over" | "nothing_left" | "not_due";
  credits: number;
};
export const rollOverCredits = sqlFunction<
  {
    userId: string;
    /** The period that has ended, and when it did. */
    periodReference: string;
    periodEnd: Date;
    /** The most that rolls over: one allowance. */
    cap: number;
    nextPeriodReference: string;
    expiresAt: Date;
    now: Date;
  },
  RolledOver
>("roll_over_credits", [
  ["userId", "uuid"],
  ["periodReference", "text"],
  ["periodEnd", "timestamptz"],
  ["cap", "bigint"],
  ["nextPeriodReference", "text"],
  ["expiresAt", "timestamptz"],
  ["now", "timestamptz"],
]);

export const takeCredits = sqlFunction<
  ActorColumns & {
    userId: string;
    /** Only from this grant; null: in burn order. */
    grantId: string | null;
    amount: number;
    idempotencyKey: string;
    reason: string;
    now: Date;
  },
  | { outcome: "taken" | "already_taken"; seq: number }
  | { outcome: "insufficient_credits"; available: number }
>("take_credits", [
  ["userId", "uuid"],
  ["grantId", "uuid"],
  ["amount", "bigint"],
  ["idempotencyKey", "text"],
  ["actorKind", "actor_kind"],
  ["actorId", "text"],
  ["reason", "text"],
  ["now", "timestamptz"],
]);

/** As the user: only what row-level security lets them see is counted. */
export const balanceOfUser = sqlFunction<{ userId: string; now: Date }, BalanceView | null>(
  "balance_of_user",
  [
    ["userId", "uuid"],
    ["now", "timestamptz"],
  ],
);

/** As the user. Another text: another state of what their billing pages show. */
export const billingStateOfUser = sqlFunction<{ userId: string }, string>("billing_state_of_user", [
  ["userId", "uuid"],
]);

export type Spendable = {
  /** What jobs may use of the wallet, and what the user's switch keeps from them. */
  available: number;
  excluded: number;
  scope: SpendScope;
  /** Overage that was asked for in vain, in cents. */
  unpaid: number | null;
  /** A payment for overage is disputed or lost. */
  isOverageDisputed: boolean;
  /** The plan's own invoice was asked for in vain. */
  isPlanPastDue: boolean;
};
export const spendableOfUser = sqlFunction<{ userId: string; now: Date }, Spendable>(
  "spendable_of_user",
  [
    ["userId", "uuid"],
    ["now", "timestamptz"],
  ],
);

/** @returns the new event's number as text (PostgreSQL's bigint), or null when nothing had to move */
export const setOverageLost = sqlFunction<
  {
    userId: string;
    paymentReference: string;
    lostCents: number;
    paidCents: number;
    idempotencyKey: string;
    reason: string | null;
    now: Date;
  },
  string | null
>("set_overage_lost", [
  ["userId", "uuid"],
  ["paymentReference", "text"],
  ["lostCents", "bigint"],
  ["paidCents", "bigint"],
  ["idempotencyKey", "text"],
  ["reason", "text"],
  ["now", "timestamptz"],
]);

/** @returns how many bills were not known to be paid */
export const payOverageBills = sqlFunction<
  { userId: string; billIds: readonly string[]; paymentReference: string; paidAt: Date },
  number
>("pay_overage_bills", [
  ["userId", "uuid"],
  ["billIds", "uuid[]"],
  ["paymentReference", "text"],
  ["paidAt", "timestamptz"],
]);

export const reserveOverageBill = sqlFunction<
  { userId: string; billId: string; minCents: number; now: Date },
  { outcome: "reserved"; cents: number } | { outcome: "nothing_due" | "busy" }
>("reserve_overage_bill", [
  ["userId", "uuid"],
  ["billId", "uuid"],
  ["minCents", "bigint"],
  ["now", "timestamptz"],
]);
