import { DomainError } from "@tintype/core/problems";
import {
  leftCentsOf,
  type RefundAnswer,
  type RequestRefundInput,
  selfRefundProblem,
} from "@tintype/core/refunds";
import { countAttempt } from "../auth/throttle.ts";
import { paymentCounters } from "../auth/throttle-counters.ts";
import type { UserActor } from "../context.ts";
import { orderRefund } from "./order-refund.ts";
import type { PaymentContext } from "./payment-context.ts";

/**
 * A buyer takes a pack back alone: within 14 days, and of which nothing has been used.
 * @throws DomainError too_many_attempts, refund_not_a_pack, refund_too_late, refund_after_spending, payment_disputed, refund_too_much, and
 * those of `orderRefund`
 */
export async function requestRefund(
  ctx: PaymentContext<UserActor>,
  { paymentReference, requestId }: RequestRefundInput,
): Promise<RefundAnswer> {
  await countAttempt(ctx.db, paymentCounters(ctx.actor.userId), ctx.now());
  return orderRefund(ctx, {
    ...{ userId: ctx.actor.userId, paymentReference, requestId },
    orderedBy: ctx.actor.userId,
    note: "taken back by the buyer",
    decide: (refundable) => {
      const problem = selfRefundProblem(refundable, ctx.now());
      if (problem) throw new DomainError(problem);
      return leftCentsOf(refundable.facts);
    },
  });
}
