import { type GrantState, reversalTargetOf } from "./credits.ts";

/** A grant together with what has rolled over from it. */
export type PooledGrant = GrantState & { id: string; issuedSeq: number };

/**
 * How much of the credits that are there a reversed payment takes: its share of all its credits, of which months
 * that are still to come give first. They are taken as they come, so what is wanted grows with each of them by no more
 * than it brings.
 * @param granted what has been granted so far  @param toCome what the payment will still bring
 */
export const pooledTargetOf = (
  granted: number,
  toCome: number,
  reversedCents: number,
  paidCents: number,
): number => Math.max(0, reversalTargetOf(granted + toCome, reversedCents, paidCents) - toCome);

/**
 * Divides what a payment takes among its grants: anything unspent first, then what jobs hold, then what has expired and
 * is gone, and only then what has been spent and becomes debt. Of each the newest first: months to come are taken before
 * the month that runs. What has been taken already counts as unspent, so the answer is the same whatever was taken
 * before. `pool_reversal` in packages/db/sql is the same rule.
 * @returns the reversal target of each grant, by id
 */
export function poolReversal(grants: readonly PooledGrant[], total: number): Map<string, number> {
  const newestFirst = grants.toSorted(
    (a, b) => b.issuedSeq - a.issuedSeq || (a.id < b.id ? 1 : -1),
  );
  const targets = new Map(grants.map(({ id }) => [id, 0]));
  let left = total;
  for (const give of givers) {
    for (const grant of newestFirst) {
      const amount = Math.min(left, give(grant));
      left -= amount;
      targets.set(grant.id, (targets.get(grant.id) ?? 0) + amount);
    }
  }
  return targets;
}

const givers: readonly ((grant: GrantState) => number)[] = [
  ({ reversed, available, frozen }) => reversed + available + frozen,
  ({ held }) => held,
  ({ expired }) => expired,
  ({ spent, owed }) => spent + owed,
];

/** What has rolled over left its grant as expired and goes on in another: together they are what was paid for. */
export function withRolledOver<Grant extends GrantState>(
  from: Grant,
  rolled: readonly (GrantState & { amount: number })[],
): Grant {
  const all: readonly GrantState[] = [from, ...rolled];
  const sum = (account: keyof GrantState) =>
    all.reduce((total, grant) => total + grant[account], 0);
  return {
    ...from,
    ...{ available: sum("available"), held: sum("held"), spent: sum("spent") },
    ...{ frozen: sum("frozen"), reversed: sum("reversed"), owed: sum("owed") },
    expired: sum("expired") - rolled.reduce((total, { amount }) => total + amount, 0),
  };
}
