import { randomUUID } from "node:crypto";
import { refundOrders } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { and, eq, notInArray } from "drizzle-orm";
import type { PaymentContext } from "../src/billing/payment-context.ts";
import type { AdminActor, UserActor } from "../src/context.ts";
import type { Buyer, useStripeDesk } from "./stripe-desk.ts";

/** Who gives money back at this desk, and what was ordered. */
export function useRefundDesk(story: ReturnType<typeof useStripeDesk>) {
  const db = () => story.parts.database.db;
  return {
    /** The orders of a payment that may still take money, or have taken it. */
    ordersOf: (paymentReference: string) =>
      db()
        .select()
        .from(refundOrders)
        .where(
          and(
            eq(refundOrders.paymentReference, paymentReference),
            notInArray(refundOrders.state, ["refused", "key_expired"]),
          ),
        ),
    orderOf: async (requestId: string) => {
      const [order] = await db()
        .select()
        .from(refundOrders)
        .where(eq(refundOrders.requestId, requestId));
      if (!order) throw new Error("the order was not written down");
      return order;
    },
    refunder: (ctx: Buyer, payments = ctx.payments): PaymentContext<UserActor> => ({
      ...{ ...ctx, payments },
    }),
    /** Another one each time. */
    admin: (
      payments: PaymentProvider | null = story.desk.payments,
    ): PaymentContext<AdminActor> => ({
      ...story.contextFor<AdminActor>({ kind: "user", userId: randomUUID(), role: "admin" }),
      payments,
    }),
  };
}
