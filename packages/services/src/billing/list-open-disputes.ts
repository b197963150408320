import type { DisputedPaymentView } from "@tintype/core/refunds";
import { disputes, payments } from "@tintype/db/schema";
import { and, desc, eq, exists, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";

/** More than these at once are no news that a page could still tell one by one. */
const AT_MOST = 20;

/** Every payment whose bank has not decided yet, however long ago it was made, newest first. */
export const listOpenDisputes = (ctx: ServiceContext<UserActor>): Promise<DisputedPaymentView[]> =>
  readAsUser(ctx, (tx) => {
    const open = tx
      .select({ one: sql`1` })
      .from(disputes)
      .where(
        and(
          eq(disputes.userId, payments.userId),
          eq(disputes.paymentReference, payments.reference),
          eq(disputes.status, "open"),
        ),
      );
    const { reference, paidCents, paidAt } = payments;
    return tx
      .select({ reference, paidCents, paidAt })
      .from(payments)
      .where(and(eq(payments.userId, ctx.actor.userId), exists(open)))
      .orderBy(desc(paidAt), desc(reference))
      .limit(AT_MOST);
  });
