/** Words of the billing, and the numbers that limit it. Money is whole cents of US dollars. */

export const paymentKinds = ["pack", "plan", "top_up", "overage"] as const;
export type PaymentKind = (typeof paymentKinds)[number];

/** How one dispute stands, and all of a payment's together: it may have none. */
export const disputeStatuses = ["open", "won", "lost"] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];
export type PaymentDispute = "none" | DisputeStatus;

export const subscriptionStatuses = ["active", "past_due", "paused", "cancelled"] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/** What became of a webhook: its effects are booked, it means nothing to us, or it is about nobody we know. */
export const webhookOutcomes = ["applied", "ignored", "unknown_user"] as const;
export type WebhookOutcome = (typeof webhookOutcomes)[number];

/** The most a user may allow themselves to spend beyond the wallet in one period: $1,000. */
export const MAX_OVERAGE_LIMIT_CENTS = 100_000;
/** Providers take no smaller payment: what is less waits until there is more, unless a plan's invoice carries it. */
export const SMALLEST_INVOICE_CENTS = 50;
/** So long after a payment its buyer may take it back without asking anybody. */
export const SELF_REFUND_DAYS = 14;
/** Beyond the wallet a job costs one and a half times its price in dollars (seed 000). */
const OVERAGE_PERCENT = 150;

type OveragePrice = { units: number; basePriceMicros: number; multiplierPercent: number };

/**
 * What the part of a job that the wallet cannot pay costs, in cents, rounded up once: the job's price in dollars
 * × 1.5 × the missing share of its credits. `overage_cents_for` in packages/db/sql is the same sum.
 */
export function overageCentsFor(
  missingCredits: number,
  credits: number,
  { units, basePriceMicros, multiplierPercent }: OveragePrice,
): number {
  if (missingCredits <= 0) return 0;
  const perJob = BigInt(units) * BigInt(basePriceMicros) * BigInt(multiplierPercent);
  const exact = perJob * BigInt(OVERAGE_PERCENT) * BigInt(missingCredits);
  // Micros to cents, and two percentages.
  const scale = 10_000n * 10_000n * BigInt(credits);
  return Number((exact + scale - 1n) / scale);
}

/** What is billed of a held overage when only a part of its credits was used: rounded up, never more than held. */
export const billedOverageCents = (heldCents: number, captured: number, held: number): number =>
  Number((BigInt(heldCents) * BigInt(captured) + BigInt(held - 1)) / BigInt(held));
