import type { Db } from "../../client.ts";
import {
  expireCredits,
  freezePayment,
  grantCredits,
  rollOverCredits,
  setPaymentReversed,
  takeCredits,
  unfreezePayment,
} from "../../credit-functions.ts";
import { type PromoRedemption, redeemPromoCode } from "../../reward-functions.ts";
import { type Answer, type GrantOperation, type Operation, PAID_CENTS } from "./operation.ts";
import { type ModelUser, performOnJob } from "./perform-on-job.ts";

const system = { actorKind: "system", actorId: "model" } as const;

/** Asks the real functions. @returns the answer in the words of the model */
export async function perform(db: Db, user: ModelUser, operation: Operation): Promise<Answer> {
  const { userId } = user;
  const now = new Date(operation.now);
  const reason = "model";
  switch (operation.do) {
    case "grant":
      return grantCredits(db, { ...system, userId, ...grantArguments(operation), now });
    case "redeem": {
      const { grantId } = operation;
      const { code } = operation.code;
      return redeemAnswer(await redeemPromoCode(db, { userId, code, grantId, now }));
    }
    case "expire":
      return Number(await expireCredits(db, { userId, now }));
    case "reverse": {
      const { payment: paymentReference, key: idempotencyKey, cents: reversedCents } = operation;
      const { toCome: creditsToCome } = operation;
      const paid = { paymentReference, reversedCents, paidCents: PAID_CENTS, creditsToCome };
      const call = { ...system, userId, ...paid, idempotencyKey, reason, now };
      return numberOrNull(await setPaymentReversed(db, call));
    }
    case "freeze":
    case "unfreeze": {
      const { payment: paymentReference, key: idempotencyKey } = operation;
      const change = operation.do === "freeze" ? freezePayment : unfreezePayment;
      return numberOrNull(
        await change(db, { userId, paymentReference, idempotencyKey, reason, now }),
      );
    }
    case "roll_over": {
      const { period: periodReference, nextPeriod: nextPeriodReference, cap } = operation;
      const periodEnd = new Date(operation.periodEnd);
      const expiresAt = new Date(operation.expiresAt);
      const call = { userId, periodReference, periodEnd, cap, nextPeriodReference, expiresAt, now };
      return rollOverCredits(db, call);
    }
    case "take": {
      const { grantId, amount, key: idempotencyKey } = operation;
      const admin = { actorKind: "admin", actorId: "model" } as const;
      return takeCredits(db, { ...admin, userId, grantId, amount, idempotencyKey, reason, now });
    }
    default:
      return performOnJob(db, user, operation);
  }
}

const numberOrNull = (text: string | null) => (text === null ? null : Number(text));

/** Times are left out: the event has them, to the microsecond. */
const redeemAnswer = (redemption: PromoRedemption): Answer =>
  redemption.outcome === "redeemed"
    ? { outcome: redemption.outcome, credits: redemption.credits }
    : { outcome: redemption.outcome };

function grantArguments(operation: GrantOperation) {
  const { grantId, source, category, amount, key, priority, costBasisCents, expiresAt } = operation;
  return {
    ...{ grantId, source, category, amount, priority, costBasisCents, idempotencyKey: key },
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    currency: "usd",
    paymentReference: operation.payment,
    periodReference: operation.period,
    reason: null,
  };
}
