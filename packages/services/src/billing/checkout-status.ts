import type { CheckoutStatus, CheckoutStatusInput } from "@tintype/core/billing-inputs";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { creditGrants, paidPeriods, payments as paymentRows } from "@tintype/db/schema";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";

/**
 * For the page a buyer comes back to: what is told is what our books say, so it waits for the webhook as they do.
 * @throws DomainError payments_unavailable, checkout_not_found (also for somebody else's)
 */
export async function checkoutStatus(
  ctx: PaymentContext<UserActor>,
  { sessionId }: CheckoutStatusInput,
): Promise<CheckoutStatus> {
  const checkout = await paymentsOf(ctx).findCheckout(sessionId);
  if (checkout?.userId !== ctx.actor.userId) throw new DomainError({ code: "checkout_not_found" });
  const { status, payment, subscription } = checkout;
  if (status === "open" || status === "expired") return { status, credits: 0 };
  const { actor } = ctx;
  const booked = await readAsUser(ctx, async (db) => {
    const references = payment ? [payment] : await paymentsOfPlan({ db, actor }, subscription);
    return references.length > 0 ? bookedOf({ db, actor }, references) : null;
  });
  return booked ?? { status: status === "paid" ? "pending" : status, credits: 0 };
}

type Reader = { db: Tx; actor: UserActor };

/** The payments that have brought a period of this subscription. */
async function paymentsOfPlan(
  { db, actor }: Reader,
  subscription: string | null,
): Promise<string[]> {
  if (!subscription) return [];
  const rows = await db
    .select({ reference: paidPeriods.paymentReference })
    .from(paidPeriods)
    .where(
      and(
        eq(paidPeriods.userId, actor.userId),
        eq(paidPeriods.subscriptionReference, subscription),
      ),
    );
  return rows.map(({ reference }) => reference);
}

async function bookedOf(
  { db, actor }: Reader,
  references: string[],
): Promise<CheckoutStatus | null> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(paymentRows)
    .where(and(eq(paymentRows.userId, actor.userId), inArray(paymentRows.reference, references)));
  if (!row?.count) return null;
  const [granted] = await db
    .select({ credits: sql<string>`coalesce(sum(${creditGrants.amount}), 0)` })
    .from(creditGrants)
    .where(
      and(
        eq(creditGrants.userId, actor.userId),
        inArray(creditGrants.paymentReference, references),
      ),
    );
  return { status: "paid", credits: Number(granted?.credits ?? 0) };
}
