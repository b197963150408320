/**
 * The executable specification of the ledger: what each move does to the buckets of a wallet.
 * `packages/db/sql` is its fast implementation; a property test holds the two together.
 * Words and rules: docs of the ledger in design/credits.md.
 */

export const creditAccounts = [
  "issued",
  "available",
  "held",
  "spent",
  "expired",
  "frozen",
  "reversed",
  "owed",
] as const;
export type CreditAccount = (typeof creditAccounts)[number];

export const creditEventKinds = [
  "grant",
  "hold",
  "capture",
  "release",
  "expire",
  "freeze",
  "unfreeze",
  "clawback",
  "reinstate",
  "adjustment",
  "repayment",
  "rollover",
] as const;
export type CreditEventKind = (typeof creditEventKinds)[number];

export const creditSources = [
  "purchase",
  "allowance",
  "rollover",
  "welcome",
  "promo",
  "referral",
  "streak",
  "adjustment",
  "compensation",
  "migration",
  "overage",
] as const;
export type CreditSource = (typeof creditSources)[number];

export const creditCategories = ["paid", "promo"] as const;
export type CreditCategory = (typeof creditCategories)[number];

/** Where a grant stands in the burn order. Times are milliseconds since 1970; credits are whole numbers. */
export type Bucket = {
  id: string;
  priority: number;
  category: CreditCategory;
  costBasisCents: number;
  /** Order of issue inside the wallet: the event's per-user sequence number. */
  issuedSeq: number;
  effectiveAt: number;
  expiresAt: number | null;
  available: number;
};

export type Allocation = { grantId: string; amount: number };

/** `priority → soonest expiry (none last) → promo before paid → lower cost basis → oldest → id`. */
export function compareBurnOrder(a: Bucket, b: Bucket): number {
  return (
    a.priority - b.priority ||
    (a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY) ||
    Number(a.category === "paid") - Number(b.category === "paid") ||
    a.costBasisCents - b.costBasisCents ||
    a.issuedSeq - b.issuedSeq ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** A grant can be spent from the moment it takes effect until the moment it expires. */
export const isUsable = (bucket: Bucket, now: number): boolean =>
  bucket.available > 0 &&
  bucket.effectiveAt <= now &&
  (bucket.expiresAt === null || bucket.expiresAt > now);

/** What may be spent now: grants past their expiry do not count, even before the sweep has written it down. */
export const usableCredits = (buckets: readonly Bucket[], now: number): number =>
  buckets
    .filter((bucket) => isUsable(bucket, now))
    .reduce((sum, { available }) => sum + available, 0);

/**
 * Chooses which grants pay for a hold, in burn order.
 * @returns the slices in the order taken, or null when the usable credits are not enough.
 */
export function allocate(
  buckets: readonly Bucket[],
  amount: number,
  now: number,
): Allocation[] | null {
  const taken: Allocation[] = [];
  let missing = amount;
  for (const bucket of buckets.filter((b) => isUsable(b, now)).toSorted(compareBurnOrder)) {
    if (missing === 0) break;
    const slice = Math.min(missing, bucket.available);
    taken.push({ grantId: bucket.id, amount: slice });
    missing -= slice;
  }
  return missing === 0 ? taken : null;
}

export type Settlement = { captured: Allocation[]; released: Allocation[] };

/**
 * Ends a hold: `capture` credits are spent, the rest goes back. What is released comes from the END of the
 * allocation, so the most durable credits return to the user. Asking for more than is held captures all of it.
 */
export function settle(allocations: readonly Allocation[], capture: number): Settlement {
  const captured: Allocation[] = [];
  const released: Allocation[] = [];
  let left = capture;
  for (const { grantId, amount } of allocations) {
    const spent = Math.min(left, amount);
    left -= spent;
    if (spent > 0) captured.push({ grantId, amount: spent });
    if (spent < amount) released.unshift({ grantId, amount: amount - spent });
  }
  return { captured, released };
}

/** What of one allowance rolls over into the next period. */
export type Rollover = { grantId: string; amount: number };

/**
 * What is left of a period's allowances rolls over, in the order of their issue, up to `cap` (one allowance).
 * What has expired only because the renewal was told late counts as left.
 */
export function rollOver(
  allowances: readonly { id: string; issuedSeq: number; remaining: number }[],
  cap: number,
): Rollover[] {
  const rolled: Rollover[] = [];
  let room = cap;
  for (const { id, remaining } of allowances.toSorted(
    (a, b) => a.issuedSeq - b.issuedSeq || (a.id < b.id ? -1 : 1),
  )) {
    const amount = Math.max(0, Math.min(remaining, room));
    room -= amount;
    if (amount > 0) rolled.push({ grantId: id, amount });
  }
  return rolled;
}

/** Credits that come back after their expiry through our fault may be used this much longer, in milliseconds. */
export const EXPIRY_GRACE_MS = 72 * 3_600_000;

/**
 * When credits of a grant expire after some of them were released. A hold pins its grants past their expiry;
 * what comes back late gets the grace if the failure was ours or the provider's, and expires at once if the
 * user changed their mind. Times are milliseconds since 1970.
 */
export function expiryAfterRelease(
  expiresAt: number | null,
  now: number,
  fault: "ours" | "users",
): number | null {
  if (expiresAt === null || expiresAt > now) return expiresAt;
  return fault === "ours" ? now + EXPIRY_GRACE_MS : expiresAt;
}

/** What one grant holds in each account, and how much of it a reversed payment takes away in the end. */
export type GrantState = Record<Exclude<CreditAccount, "issued">, number> & {
  reversalTarget: number;
};
export type Transfer = { from: CreditAccount; to: CreditAccount; amount: number };

/** `granted × reversed / paid`, rounded down, in the user's favour; never more than was granted. */
export const reversalTargetOf = (
  granted: number,
  reversedCents: number,
  paidCents: number,
): number =>
  paidCents <= 0
    ? 0
    : Number((BigInt(granted) * BigInt(Math.min(reversedCents, paidCents))) / BigInt(paidCents));

/**
 * How much of a grant's debt stays: what neither its unspent credits nor those that are gone or held can give. What is
 * taken may grow and shrink again, and the debt must be the same as if it had never been more.
 */
const debtKept = (grant: GrantState): number => {
  const { available, frozen, expired, held, reversed, owed, reversalTarget } = grant;
  return Math.min(
    owed,
    Math.max(0, reversalTarget - reversed - available - frozen - expired - held),
  );
};

/**
 * Brings a grant to its reversal target. Taking: unspent first, then frozen; what has expired is gone already
 * and what jobs hold is taken when they end; only the rest becomes debt, so what a user has used is never more
 * than what they have paid. Giving back (a dispute won): debt is forgiven first, then credits return.
 * Asking again changes nothing.
 */
export function reversalTransfers(grant: GrantState): Transfer[] {
  const kept = debtKept(grant);
  const wanted = grant.reversalTarget - grant.reversed - kept;
  const available = Math.min(Math.max(wanted, 0), grant.available);
  const frozen = Math.min(Math.max(wanted - available, 0), grant.frozen);
  const debt = Math.max(0, wanted - available - frozen - grant.expired - grant.held);
  const transfers: Transfer[] = [
    { from: "available", to: "reversed", amount: available },
    { from: "frozen", to: "reversed", amount: frozen },
    { from: "spent", to: "owed", amount: debt },
    { from: "owed", to: "spent", amount: grant.owed - kept },
    { from: "reversed", to: "available", amount: Math.max(0, -wanted) },
  ];
  return transfers.filter(({ amount }) => amount > 0);
}

/**
 * How much of a reversed payment falls on credits that have rolled over from one of its grants: what that grant
 * could not give itself because it has expired there. To be asked for anew whenever the grant has changed.
 */
export const rolledOverTarget = (from: GrantState, rolled: number): number =>
  Math.max(
    0,
    Math.min(
      rolled,
      from.reversalTarget - from.reversed - debtKept(from) - from.available - from.frozen,
    ),
  );
