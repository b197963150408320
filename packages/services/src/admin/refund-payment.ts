import { DomainError } from "@tintype/core/problems";
import {
  leftCentsOf,
  type PreviewRefundInput,
  type RefundAnswer,
  type RefundInput,
  type RefundPreview,
  refundableCentsOf,
  refundEffect,
} from "@tintype/core/refunds";
import { orderRefund } from "../billing/order-refund.ts";
import type { PaymentContext } from "../billing/payment-context.ts";
import { getRefundable, type Refundable } from "../billing/refundable.ts";
import type { AdminActor, ServiceContext } from "../context.ts";
import { ensureUser } from "./admin-moves.ts";

/**
 * "312 of 500 unspent → $6.24", and what another sum would take from the wallet or make a debt.
 * @throws DomainError payment_not_found, payment_disputed, refund_too_much
 */
export async function previewRefund(
  ctx: ServiceContext<AdminActor>,
  { userId, paymentReference, cents: asked }: PreviewRefundInput,
): Promise<RefundPreview> {
  const refundable = await getRefundable(ctx.db, userId, paymentReference, ctx.now());
  const { facts, grants, toCome } = refundable;
  const refundableCents = refundableCentsOf(facts);
  const cents = asked ?? refundableCents;
  ensurePossible(refundable, cents);
  const effect = refundEffect(grants, toCome, facts.reversedCents + cents, facts.paidCents);
  return { ...facts, refundableCents, leftCents: leftCentsOf(facts), cents, ...effect };
}

/**
 * Gives money back: what the preview showed, or more as a favour, never more than is left. The credits of it leave the
 * wallet at once.
 * @throws DomainError user_not_found, payment_not_found, payment_disputed, refund_too_much, and those of `orderRefund`
 */
export async function refundPayment(
  ctx: PaymentContext<AdminActor>,
  { userId, paymentReference, cents, requestId, reason }: RefundInput,
): Promise<RefundAnswer> {
  await ensureUser(ctx, userId);
  return orderRefund(ctx, {
    ...{ userId, paymentReference, requestId, cents },
    ...{ orderedBy: ctx.actor.userId, note: reason },
    decide: (refundable) => {
      ensurePossible(refundable, cents);
      return cents;
    },
  });
}

function ensurePossible({ disputeStatus, facts }: Refundable, cents: number): void {
  // The bank holds the money of an open dispute: refunded as well, it would go twice.
  if (disputeStatus === "open") throw new DomainError({ code: "payment_disputed" });
  const leftCents = leftCentsOf(facts);
  if (cents > leftCents) throw new DomainError({ code: "refund_too_much", cents, leftCents });
}
