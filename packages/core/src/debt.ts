import { type Bucket, compareBurnOrder, type Transfer } from "./credits.ts";

type Repayment = Transfer & { grantId: string };

/**
 * Pays what a wallet owes with what it has: credits that may be spent and a debt never stand beside each other, or a
 * job would wait although there is something to pay with. Those that would be used first pay first, the oldest debt is
 * paid first; what a dispute has frozen or a job holds pays when it comes back. `repay_debt` in packages/db/sql is the
 * same rule.
 * @param now milliseconds since 1970: what has run out by then pays nothing
 */
export function repayments(
  grants: readonly (Bucket & { owed: number })[],
  now: number,
): Repayment[] {
  const payers = grants
    .filter(({ available, expiresAt }) => available > 0 && (expiresAt === null || expiresAt > now))
    .toSorted(compareBurnOrder);
  const debtors = grants.toSorted((a, b) => a.issuedSeq - b.issuedSeq || (a.id < b.id ? -1 : 1));
  const total = Math.min(sumOf(payers, "available"), sumOf(debtors, "owed"));
  return [
    ...slices(payers, "available", "spent", total),
    ...slices(debtors, "owed", "reversed", total),
  ];
}

type Source = "available" | "owed";

const sumOf = (grants: readonly Record<Source, number>[], account: Source): number =>
  grants.reduce((sum, grant) => sum + grant[account], 0);

function slices(
  grants: readonly ({ id: string } & Record<Source, number>)[],
  from: Source,
  to: Transfer["to"],
  total: number,
): Repayment[] {
  let left = total;
  return grants.flatMap((grant) => {
    const amount = Math.min(left, grant[from]);
    left -= amount;
    return amount > 0 ? [{ grantId: grant.id, from, to, amount }] : [];
  });
}
