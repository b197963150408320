import type { Bucket } from "@tintype/core/credits";
import { isInScope } from "@tintype/core/spend-scope";
import { forecastSpending, PACE_DAYS, type Spending, spendingByDay } from "@tintype/core/spending";
import {
  type BucketView,
  expiryNotices,
  nextExpiry,
  type WalletInput,
  type WalletView,
} from "@tintype/core/wallet";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import {
  type GrantRow,
  readBuckets,
  readSpending,
  readSpendScope,
  readWallet,
} from "./wallet-rows.ts";

const DAY_MS = 86_400_000;
/** Further away than anybody plans, and still a date. */
const FAR_MS = 36_525 * DAY_MS;

/** Where the user's credits are, in which order they go, and how long they last. */
export async function getWallet(
  ctx: ServiceContext<UserActor>,
  { timeZone }: WalletInput,
): Promise<WalletView> {
  const { userId } = ctx.actor;
  const now = ctx.now();
  // Time zones are up to a day apart, so more is read than the days that are shown.
  const since = new Date(now.getTime() - (PACE_DAYS + 2) * DAY_MS);
  const [wallet, grants, { spent, firstEventAt }, spendScope] = await readAsUser(ctx, (tx) =>
    Promise.all([
      readWallet(tx, userId),
      readBuckets(tx, userId, now),
      readSpending(tx, userId, since),
      readSpendScope(tx, userId),
    ]),
  );
  const { lastsUntil, unused, ...spending } = forecast(grants, {
    now: now.getTime(),
    spending: spendingByDay(spent, { now: now.getTime(), timeZone, firstEventAt }),
  });
  const buckets = grants.map((grant) =>
    toBucketView(grant, unused.get(grant.id) ?? 0, isInScope(spendScope, grant)),
  );
  const inScope = buckets.filter((bucket) => bucket.isInScope);
  return {
    available: sumOf(grants, "available"),
    usable: sumOf(inScope, "available"),
    spendScope,
    held: wallet?.held ?? 0,
    frozen: sumOf(grants, "frozen"),
    owed: wallet?.owed ?? 0,
    buckets,
    nextExpiry: nextExpiry(buckets),
    expiringPaid: expiryNotices(buckets, now.getTime()),
    spending: { ...spending, lastsUntil, unused: lossOf(buckets) },
  };
}

/** Nothing is foretold before a whole day has been seen, nor when there is nothing to spend. */
function forecast(grants: readonly GrantRow[], known: { now: number; spending: Spending }) {
  const { now, spending } = known;
  const buckets = grants.filter(({ available }) => available > 0).map(toBucket);
  if (spending.observedDays === 0 || buckets.length === 0) {
    return { ...spending, lastsUntil: null, unused: new Map<string, number>() };
  }
  const pace = { credits: spending.spent, days: spending.observedDays };
  const { lastsUntil, unused } = forecastSpending(buckets, pace, now);
  const end = lastsUntil === null ? null : new Date(Math.min(lastsUntil, now + FAR_MS));
  return { ...spending, lastsUntil: end, unused };
}

/** All that expires unused, and when the first of it does. */
function lossOf(buckets: readonly BucketView[]): { credits: number; expiresAt: Date } | null {
  const losing = buckets.filter(({ unusedAtPace }) => unusedAtPace > 0);
  const first = nextExpiry(losing);
  return first && { credits: sumOf(losing, "unusedAtPace"), expiresAt: first.expiresAt };
}

const sumOf = <Key extends string>(rows: readonly Record<Key, number>[], key: Key): number =>
  rows.reduce((sum, row) => sum + row[key], 0);

const toBucket = (grant: GrantRow): Bucket => ({
  ...grant,
  effectiveAt: grant.effectiveAt.getTime(),
  expiresAt: grant.expiresAt?.getTime() ?? null,
});

function toBucketView(grant: GrantRow, unusedAtPace: number, isInScope: boolean): BucketView {
  const { id: grantId, createdAt: issuedAt, issuedSeq, source, category, amount } = grant;
  const { available, held, frozen, expiresAt, costBasisCents, currency } = grant;
  const credits = { amount, available, held, frozen, unusedAtPace };
  const origin = { grantId, issuedSeq, source, category, issuedAt };
  return { ...origin, ...credits, isInScope, expiresAt, costBasisCents, currency };
}
