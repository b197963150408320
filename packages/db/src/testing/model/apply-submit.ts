import { overageCentsFor } from "@tintype/core/billing";
import { creditsFor } from "@tintype/core/catalogue";
import { allocate, usableCredits } from "@tintype/core/credits";
import { applyExpiry } from "./apply-expiry.ts";
import { applyGrant, uuidOf } from "./apply-grants.ts";
import type { Ledger } from "./ledger.ts";
import type { Answer, GrantOperation, SubmitOperation } from "./operation.ts";

export const MAX_ATTEMPTS = 2;
const MICROSECOND = 0.001;

export function applySubmit(ledger: Ledger, operation: SubmitOperation): Answer {
  const { jobId, price, images, now } = operation;
  const known = ledger.jobs.find(({ id }) => id === jobId);
  if (known) {
    const isSame = known.requestHash === operation.requestHash;
    return { outcome: isSame ? "existing" : "job_id_reused" };
  }
  const { owed } = ledger.wallet;
  if (owed > 0) return { outcome: "wallet_restricted", owed };
  const credits = creditsFor(images, { unit: "image", ...price });
  if (credits !== operation.quotedCredits) return { outcome: "price_changed", current: credits };

  let holdSeq = hold(ledger, jobId, credits, now);
  if (holdSeq === null) {
    const available = usableCredits(ledger.grants, now);
    const refusal = promiseOverage(ledger, operation, credits, available);
    if (refusal) return refusal;
    holdSeq = hold(ledger, jobId, credits, now);
  }
  if (holdSeq === null) throw new Error("the model could not hold what was promised");
  ledger.jobs.push({
    ...{ id: jobId, requestHash: operation.requestHash, status: "queued", attempt: 0 },
    ...{ maxAttempts: MAX_ATTEMPTS, workerId: null, isCancelRequested: false, credits, holdSeq },
    ...{ isUnknown: false, failureCode: null },
    ...{ settleSeq: null, charged: null, delivered: null },
    milliCreditsPerUnit: price.milliCreditsPerUnit,
    multiplierPercent: price.multiplierPercent,
    cancelFeePercent: price.cancelFeePercent,
  });
  return { outcome: "created" };
}

function hold(ledger: Ledger, jobId: string, credits: number, now: number): number | null {
  applyExpiry(ledger, now);
  const allocations = allocate(ledger.grants, credits, now);
  if (!allocations) return null;
  ledger.allocations.set(jobId, allocations);
  return ledger.post(
    { kind: "hold", key: `hold:${jobId}`, jobId, actorKind: "user", at: now },
    allocations.map((each) => ({ ...each, from: "available", to: "held" })),
  );
}

/** @returns the refusal, or null when the missing credits have been granted for this job */
function promiseOverage(
  ledger: Ledger,
  { jobId, price, images, overageCents, now }: SubmitOperation,
  credits: number,
  available: number,
): Answer {
  const limit = ledger.overageLimitCents;
  if (limit === null || overageCents === 0) {
    return { outcome: "insufficient_credits", required: credits, available };
  }
  const missing = credits - available;
  const cents = overageCentsFor(missing, credits, { units: images, ...price });
  if (cents > overageCents) return { outcome: "overage_changed", cents };
  const period = new Date(now).toISOString().slice(0, 7);
  const used = ledger.charges
    .filter((charge) => charge.period >= period)
    .reduce((sum, charge) => sum + (charge.billedCents ?? charge.heldCents), 0);
  if (used + cents > limit) return { outcome: "overage_limit_reached", limit, used, cents };

  const key = `overage:${jobId}`;
  const grantId = uuidOf(key);
  const bucket: GrantOperation = {
    ...{ do: "grant", grantId, key, now, amount: missing, category: "paid", priority: 32_767 },
    ...{ costBasisCents: cents, expiresAt: now + MICROSECOND, payment: null, period },
    source: "overage",
  };
  applyGrant(ledger, bucket, "user");
  const open = { captured: null, billedCents: null };
  ledger.charges.push({ jobId, grantId, period, credits: missing, heldCents: cents, ...open });
  return null;
}
