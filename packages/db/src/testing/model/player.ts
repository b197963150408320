import { randomUUID } from "node:crypto";
import { creditsFor } from "@tintype/core/catalogue";
import { Ledger } from "./ledger.ts";
import type { GrantOperation, Operation, PriceSpec, PromoCode } from "./operation.ts";
import type { ModelUser } from "./perform-on-job.ts";
import type { Step } from "./plan.ts";

const HOUR = 3_600_000;
export const START = new Date("2026-06-01T12:00:00Z").getTime();
const PERIOD_MS = 50 * HOUR;

/** A user of the model: their books as the model has them, and what they have asked for so far. */
export class Player implements ModelUser {
  readonly userId = randomUUID();
  readonly assetId = randomUUID();
  ledger: Ledger;
  #prices: readonly PriceSpec[];
  #codes: readonly PromoCode[];
  #asked: Operation[] = [];
  #jobIds: string[] = [];

  constructor(
    overageLimitCents: number | null,
    prices: readonly PriceSpec[],
    codes: readonly PromoCode[],
  ) {
    this.ledger = new Ledger(overageLimitCents);
    this.#prices = prices;
    this.#codes = codes;
  }

  /** @returns the operations to ask for one after the other; none when the step means nothing yet */
  operationsOf(step: Step, now: number): Operation[] {
    const operations = this.#translate(step, now);
    this.#asked.push(...operations);
    return operations;
  }

  #translate(step: Step, now: number): Operation[] {
    const key = `${step.do}:${this.#asked.length}`;
    switch (step.do) {
      case "grant":
        return [this.#grant(step, key, now)];
      case "redeem":
        return this.#redeem(step.code, now);
      case "submit":
        return [this.#submit(step, now)];
      case "claim":
      case "cancel":
      case "reap":
      case "deadline": {
        const jobId = pick(this.#jobIds, step.which);
        return jobId ? [{ do: step.do, jobId, workerId: "worker", now }] : [];
      }
      case "end":
        return this.#end(step, now);
      case "expire":
        return [{ do: "expire", now }];
      case "reverse":
        return [{ ...step, payment: paymentOf(step.payment), key, now }];
      case "freeze":
      case "unfreeze":
        return [{ do: step.do, payment: paymentOf(step.payment), key, now }];
      case "roll_over":
        return [rollOver(step, now)];
      case "take": {
        const grant = step.which === null ? null : pick(this.ledger.grants, step.which);
        return [{ do: "take", grantId: grant?.id ?? null, amount: step.amount, key, now }];
      }
      case "again": {
        const first = pick(this.#asked, step.which);
        if (!first) return [];
        return [{ ...(step.altered ? altered(first) : first), now }];
      }
    }
  }

  #grant(step: Extract<Step, { do: "grant" }>, key: string, now: number): GrantOperation {
    const { amount, kind, priority, costBasisCents } = step;
    const period = kind === "allowance" ? (step.payment ?? 0) : null;
    const hours = kind === "promo" ? (step.hours ?? 100) : step.hours;
    const later = hours === null ? null : now + hours * HOUR;
    return {
      ...{ do: "grant", key, grantId: randomUUID(), amount, priority, costBasisCents, now },
      source: kind === "pack" ? "purchase" : kind,
      category: kind === "promo" ? "promo" : "paid",
      expiresAt: period === null ? later : Math.max(periodEnd(period), now + HOUR),
      payment: step.payment === null || kind === "promo" ? null : paymentOf(step.payment),
      period: period === null ? null : `period-${period}`,
    };
  }

  #redeem(which: number, now: number): Operation[] {
    const code = pick(this.#codes, which);
    if (!code) return [];
    const key = `promo:${code.code}:${this.userId}`;
    return [{ do: "redeem", code, key, grantId: randomUUID(), now }];
  }

  #submit(step: Extract<Step, { do: "submit" }>, now: number): Operation {
    const price = pick(this.#prices, step.price);
    if (!price) throw new Error("the model's database has no prices");
    const { images, overageCents } = step;
    const jobId = randomUUID();
    this.#jobIds.push(jobId);
    const quotedCredits = creditsFor(images, { unit: "image", ...price }) + step.quoteOff;
    const request = { images, quotedCredits, overageCents, price };
    return { do: "submit", jobId, requestHash: "first", ...request, now };
  }

  #end(step: Extract<Step, { do: "end" }>, now: number): Operation[] {
    const jobId = pick(this.#jobIds, step.which);
    if (!jobId) return [];
    const workerId = step.stranger ? "stranger" : "worker";
    const job = this.ledger.jobs.find(({ id }) => id === jobId);
    const isQueued = step.claimFirst && (job === undefined || job.status === "queued");
    const attempt = (job?.attempt ?? 0) + (isQueued ? 1 : 0) + step.attemptOff;
    const fence = { jobId, attempt, workerId, now };
    const end = endOf(step, fence);
    return isQueued ? [{ do: "claim", jobId, workerId: "worker", now }, end] : [end];
  }
}

const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % from.length];
function endOf(
  step: Extract<Step, { do: "end" }>,
  fence: { jobId: string; attempt: number; workerId: string; now: number },
): Operation {
  switch (step.how) {
    case "complete":
    case "settle_unknown":
      return { do: step.how, ...fence, delivered: step.delivered };
    case "fail":
      return { do: "fail", ...fence, code: step.code, retryable: step.retryable };
    case "fail_unknown": {
      const code = step.code === "worker_lost" ? "provider_failed" : step.code;
      return { do: "fail_unknown", ...fence, code, retryable: step.retryable };
    }
    case "reconcile":
      return { do: "reconcile", ...fence };
  }
}

const paymentOf = (index: number) => `payment-${index}`;
const periodEnd = (index: number) => START + (index + 1) * PERIOD_MS;

function rollOver({ period, cap }: { period: number; cap: number }, now: number): Operation {
  const end = periodEnd(period);
  const names = { period: `period-${period}`, nextPeriod: `period-${period + 1}` };
  return { do: "roll_over", ...names, periodEnd: end, expiresAt: end + PERIOD_MS, cap, now };
}

/** The same key, another body: what a caller with a bug, or an attacker, would send. */
function altered(operation: Operation): Operation {
  switch (operation.do) {
    case "grant":
      return { ...operation, grantId: randomUUID(), amount: operation.amount + 7 };
    case "submit":
      return { ...operation, requestHash: "other", images: operation.images + 1 };
    case "reverse":
      return { ...operation, cents: operation.cents + 100 };
    case "take":
      return { ...operation, amount: operation.amount + 1 };
    case "roll_over":
      return { ...operation, cap: operation.cap + 5 };
    default:
      return operation;
  }
}
