import type { BillingEventOf } from "@tintype/core/billing-events";
import { type BillingNews, subscriptionNews } from "@tintype/core/billing-news";
import { isNewerState } from "@tintype/core/subscription-state";
import type { Tx } from "@tintype/db/client";
import { stripeCustomers, subscriptions } from "@tintype/db/schema";
import { and, eq, lte, ne } from "drizzle-orm";

/** Keeps the newest state of a subscription; an older one that comes later is passed over. */
export async function recordSubscription(
  tx: Tx,
  event: BillingEventOf<"subscription_changed">,
  now: Date,
): Promise<BillingNews[]> {
  const { type: _, subscription: reference, userId, ...state } = event;
  const [known] = await tx
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.userId, userId), eq(subscriptions.reference, reference)))
    .prepare("known_subscription")
    .execute();
  if (known && !isNewerState(state, known)) return [];
  await tx
    .insert(subscriptions)
    .values({ ...state, userId, reference, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [subscriptions.userId, subscriptions.reference],
      set: { ...state, updatedAt: now },
    })
    .prepare("write_subscription")
    .execute();
  return subscriptionNews(known, state);
}

/** The provider has forgotten the customer. It tells the end of each subscription as well, if it can. */
export async function endSubscriptions(
  tx: Tx,
  { userId, customer, at }: BillingEventOf<"customer_deleted">,
  now: Date,
): Promise<BillingNews[]> {
  // The next purchase makes a new one; told late, it leaves alone the customer and the plan that have come since.
  if (customer !== undefined) {
    await tx
      .delete(stripeCustomers)
      .where(and(eq(stripeCustomers.userId, userId), eq(stripeCustomers.customerId, customer)));
  }
  const ended = await tx
    .update(subscriptions)
    .set({ status: "cancelled", stateAt: at, updatedAt: now })
    .where(
      and(
        eq(subscriptions.userId, userId),
        ne(subscriptions.status, "cancelled"),
        lte(subscriptions.stateAt, at),
      ),
    )
    .returning({ planCode: subscriptions.planCode, periodEnd: subscriptions.periodEnd });
  return ended.map(({ planCode, periodEnd }) => ({
    ...{ kind: "plan", change: "ended", planCode, otherPlanCode: null },
    periodEnd: periodEnd.toISOString(),
  }));
}
