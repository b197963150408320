import { expiryAfterRelease, reversalTransfers, rolledOverTarget } from "@tintype/core/credits";
import { repayments } from "@tintype/core/debt";
import { pooledTargetOf, poolReversal, withRolledOver } from "@tintype/core/pooled-reversal";
import { applyExpiry } from "./apply-expiry.ts";
import type { Ledger, ModelGrant } from "./ledger.ts";
import {
  type Answer,
  type DisputeOperation,
  PAID_CENTS,
  type ReverseOperation,
} from "./operation.ts";

type Head = { key: string; at: number };

/** Sets a target; what returns by it although it has run out may be used a while longer. */
function aim(grant: ModelGrant, target: number, now: number): void {
  if (grant.reversed > 0 && target < grant.reversed + grant.owed) {
    grant.expiresAt = expiryAfterRelease(grant.expiresAt, now, "ours");
  }
  grant.reversalTarget = target;
}

/** What a payment has granted itself; what has rolled over is of these. */
const originsOf = (ledger: Ledger, payment: string): ModelGrant[] =>
  ledger.grants.filter(
    (grant) =>
      grant.payment === payment && grant.rolledOverFrom === null && grant.source !== "overage",
  );

/** Divides what a payment takes among its grants. */
function pool(ledger: Ledger, payment: string, total: number, now: number): void {
  const origins = originsOf(ledger, payment);
  const whole = origins.map((origin) =>
    withRolledOver(
      origin,
      ledger.grants.filter(({ rolledOverFrom }) => rolledOverFrom === origin.id),
    ),
  );
  const targets = poolReversal(whole, total);
  for (const origin of origins) {
    const target = targets.get(origin.id) ?? 0;
    if (target !== origin.reversalTarget) aim(origin, target, now);
  }
}

/** Brings every grant to its reversal target. */
export function applyReversals(ledger: Ledger, head: Head): number | null {
  for (const payment of new Set(ledger.grants.flatMap((grant) => grant.payment ?? []))) {
    const targets = originsOf(ledger, payment).map(({ reversalTarget }) => reversalTarget);
    const total = targets.reduce((sum, target) => sum + target, 0);
    if (total > 0) pool(ledger, payment, total, head.at);
  }
  for (const grant of ledger.grants) {
    if (grant.rolledOverFrom === null) continue;
    const target = rolledOverTarget(ledger.grant(grant.rolledOverFrom), grant.amount);
    if (target !== grant.reversalTarget) aim(grant, target, head.at);
  }
  const transfers = ledger
    .inOrderOfIssue()
    .flatMap((grant) => reversalTransfers(grant).map((each) => ({ grantId: grant.id, ...each })));
  const takes = transfers.some(({ to }) => to === "reversed" || to === "owed");
  return ledger.post({ ...head, kind: takes ? "clawback" : "reinstate" }, transfers);
}

/** What a dispute keeps from being used. */
export function freezeAvailable(ledger: Ledger, head: Head): number | null {
  const transfers = ledger
    .inOrderOfIssue()
    .filter(({ isFrozen }) => isFrozen)
    .map(
      ({ id, available }) =>
        ({ grantId: id, from: "available", to: "frozen", amount: available }) as const,
    );
  return ledger.post({ ...head, kind: "freeze" }, transfers);
}

/** What is there pays what is owed. */
export function repayDebt(ledger: Ledger, now: number): void {
  const key = `repayment:${ledger.log.length + 1}`;
  ledger.post({ kind: "repayment", key, at: now }, repayments(ledger.grants, now));
}

export function applyReversal(ledger: Ledger, operation: ReverseOperation): Answer {
  const { key, payment, cents, toCome, now: at } = operation;
  const known = ledger.seqOfKey.get(key);
  if (known !== undefined) return known;
  applyExpiry(ledger, at);
  const granted = originsOf(ledger, payment).reduce((sum, { amount }) => sum + amount, 0);
  pool(ledger, payment, pooledTargetOf(granted, toCome, cents, PAID_CENTS), at);
  const seq = applyReversals(ledger, { key, at });
  freezeAvailable(ledger, { key: `freeze:${key}`, at });
  repayDebt(ledger, at);
  return seq;
}

export function applyDispute(ledger: Ledger, operation: DisputeOperation): Answer {
  const { key, payment, now: at } = operation;
  if (ledger.seqOfKey.has(key)) return null;
  if (operation.do === "freeze") {
    applyExpiry(ledger, at);
    for (const grant of ledger.grants) if (grant.payment === payment) grant.isFrozen = true;
    return freezeAvailable(ledger, { key, at });
  }
  const disputed = ledger.inOrderOfIssue().filter((grant) => grant.payment === payment);
  const transfers = disputed.map(
    ({ id, frozen }) => ({ grantId: id, from: "frozen", to: "available", amount: frozen }) as const,
  );
  for (const grant of disputed) {
    grant.isFrozen = false;
    if (grant.frozen > 0) grant.expiresAt = expiryAfterRelease(grant.expiresAt, at, "ours");
  }
  const seq = ledger.post({ key, at, kind: "unfreeze" }, transfers);
  repayDebt(ledger, at);
  return seq;
}
