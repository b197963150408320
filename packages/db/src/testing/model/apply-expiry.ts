import type { Ledger } from "./ledger.ts";

/** @returns how many credits ran out */
export function applyExpiry(ledger: Ledger, now: number): number {
  const due = ledger
    .inOrderOfIssue()
    .filter(({ available, expiresAt }) => available > 0 && expiresAt !== null && expiresAt <= now)
    .toSorted((a, b) => Number(a.expiresAt) - Number(b.expiresAt));
  const lapse = due.map(
    ({ id, available }) =>
      ({ grantId: id, from: "available", to: "expired", amount: available }) as const,
  );
  const amount = lapse.reduce((sum, each) => sum + each.amount, 0);
  for (const each of lapse) {
    ledger.lapsed.set(each.grantId, (ledger.lapsed.get(each.grantId) ?? 0) + each.amount);
  }
  ledger.post({ kind: "expire", key: `expire:${ledger.log.length + 1}`, at: now }, lapse);
  return amount;
}
