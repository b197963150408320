import { billedOverageCents } from "@tintype/core/billing";
import { expiryAfterRelease, settle } from "@tintype/core/credits";
import { applyExpiry } from "./apply-expiry.ts";
import { applyReversals, freezeAvailable, repayDebt } from "./apply-payments.ts";
import type { Ledger, ModelJob } from "./ledger.ts";

type Ending = {
  status: string;
  charged: number;
  delivered: number;
  actor: "user" | "system";
  failureCode?: string;
};

/** Ends a job and its hold with it. */
export function endJob(ledger: Ledger, job: ModelJob, result: Ending, now: number): void {
  const { status, charged, delivered, actor, failureCode = null } = result;
  applyExpiry(ledger, now);
  const { captured, released } = settle(ledger.allocations.get(job.id) ?? [], charged);
  const settleSeq = ledger.post(
    {
      ...{ kind: charged > 0 ? "capture" : "release", key: `settle:${job.id}`, jobId: job.id },
      ...{ actorKind: actor, at: now },
    },
    [
      ...captured.map((each) => ({ ...each, from: "held", to: "spent" }) as const),
      ...released.map((each) => ({ ...each, from: "held", to: "available" }) as const),
    ],
  );
  for (const { grantId } of released) {
    const grant = ledger.grant(grantId);
    const fault = actor === "system" && grant.source !== "overage" ? "ours" : "users";
    grant.expiresAt = expiryAfterRelease(grant.expiresAt, now, fault);
  }
  if (isReversed(ledger, job)) applyReversals(ledger, { key: `clawback:${job.id}`, at: now });
  freezeAvailable(ledger, { key: `freeze:${job.id}`, at: now });
  const overageUntil = settleOverage(ledger, job.id);
  if (released.length > 0 && (actor === "user" || overageUntil !== null)) {
    applyExpiry(ledger, Math.max(now, overageUntil ?? now));
  }
  repayDebt(ledger, now);
  Object.assign(job, { status, charged, delivered, failureCode, settleSeq, workerId: null });
}

/** Whether a payment whose credits the job held is disputed, or wants more than it has got back. */
function isReversed(ledger: Ledger, job: ModelJob): boolean {
  const held = (ledger.allocations.get(job.id) ?? []).map(({ grantId }) => ledger.grant(grantId));
  const payments = held.flatMap(({ payment }) => payment ?? []);
  const mates = ledger.grants.filter(
    ({ payment }) => payment !== null && payments.includes(payment),
  );
  return (
    held.some(({ isFrozen }) => isFrozen) ||
    [...held, ...mates].some(({ reversalTarget, reversed }) => reversalTarget > reversed)
  );
}

/** @returns until when the promise could be used; null when there was none */
function settleOverage(ledger: Ledger, jobId: string): number | null {
  const charge = ledger.charges.find((each) => each.jobId === jobId);
  if (!charge) return null;
  const { spent, expiresAt } = ledger.grant(charge.grantId);
  charge.captured = spent;
  charge.billedCents = billedOverageCents(charge.heldCents, spent, charge.credits);
  return expiresAt;
}
