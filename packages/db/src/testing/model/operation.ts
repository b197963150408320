/** What a caller may ask of one user's ledger, as data: it can be sent, sent again, altered, and told to the model. */
export type PriceSpec = {
  id: string;
  modelTier: "standard" | "pro" | "ultra";
  milliCreditsPerUnit: number;
  multiplierPercent: number;
  basePriceMicros: number;
  cancelFeePercent: number;
};

/** Milliseconds since 1970, by the clock of the caller: callers' clocks differ. */
type At = { now: number };
type OfJob = At & { jobId: string };
type Fenced = OfJob & { attempt: number; workerId: string };

export type GrantOperation = At & {
  do: "grant";
  key: string;
  grantId: string;
  source: "purchase" | "allowance" | "promo" | "overage";
  category: "paid" | "promo";
  amount: number;
  priority: number;
  costBasisCents: number;
  expiresAt: number | null;
  payment: string | null;
  period: string | null;
};
export type SubmitOperation = OfJob & {
  do: "submit";
  requestHash: string;
  price: PriceSpec;
  images: number;
  quotedCredits: number;
  overageCents: number;
};
/** Without a worker: the provider's late word about an attempt that was lost sight of. */
type Unknown = OfJob & { attempt: number };
export type DeliveryOperation =
  | (Fenced & { do: "complete"; delivered: number })
  | (Unknown & { do: "settle_unknown"; delivered: number });
export type FailOperation = Fenced & {
  do: "fail";
  code: "provider_failed" | "worker_lost" | null;
  retryable: boolean;
};
export type FailUnknownOperation = Unknown & {
  do: "fail_unknown";
  code: "provider_failed" | null;
  retryable: boolean;
};
export type RedeemOperation = At & { do: "redeem"; code: PromoCode; key: string; grantId: string };
export type ReverseOperation = At & {
  do: "reverse";
  payment: string;
  cents: number;
  /** What the payment will still bring. */
  toCome: number;
  key: string;
};
export type DisputeOperation = At & { do: "freeze" | "unfreeze"; payment: string; key: string };
export type RollOverOperation = At & {
  do: "roll_over";
  period: string;
  nextPeriod: string;
  periodEnd: number;
  expiresAt: number;
  cap: number;
};
export type TakeOperation = At & {
  do: "take";
  grantId: string | null;
  amount: number;
  key: string;
};

/** A code of which both players of a life know. */
export type PromoCode = { code: string; credits: number; budget: number; expireDays: number };

export type Operation =
  | GrantOperation
  | SubmitOperation
  | DeliveryOperation
  | FailOperation
  | FailUnknownOperation
  | RedeemOperation
  | (Fenced & { do: "reconcile" })
  | ReverseOperation
  | DisputeOperation
  | RollOverOperation
  | TakeOperation
  | (OfJob & { do: "claim"; workerId: string })
  | (OfJob & { do: "cancel" | "reap" | "deadline" })
  | (At & { do: "expire" });

/** What the ledger answers; plain data, so that the model's and the database's can be compared. */
export type Answer = null | string | number | { outcome: string; [detail: string]: unknown };

/** All payments of the model cost the same, so that cents are shares. */
export const PAID_CENTS = 1_000;
