import { DomainError } from "@tintype/core/problems";
import type { Stripe } from "stripe";
import type { Order } from "../payments.ts";
import { planCodeOf } from "./orders.ts";

/**
 * Two plans would both be paid for every month. Our books refuse the second one, but they hear of the first only when
 * its webhook has come, and of pages that are open in two tabs never. So Stripe itself is asked.
 */
const PAGE = 100;
/** Never paid for: no plan yet, and none any more. Cancelled ones are not listed. */
const NEVER_PAID = ["incomplete", "incomplete_expired"];

/** @throws DomainError plan_already_active */
export async function ensureNoPlan(stripe: Stripe, { customer }: Order): Promise<void> {
  const { data } = await stripe.subscriptions.list({ customer, limit: PAGE });
  for (const { status, items } of data) {
    if (NEVER_PAID.includes(status)) continue;
    const planCode = items.data.map(({ price }) => planCodeOf(price.product)).find(Boolean);
    if (planCode) throw new DomainError({ code: "plan_already_active", planCode });
  }
}

/** The page opened last is the one that can still be paid. */
export async function closeOtherPlans(
  stripe: Stripe,
  order: Pick<Order, "customer" | "requestId">,
): Promise<void> {
  for (const { id, metadata } of await openPlanPages(stripe, order.customer)) {
    if (metadata?.requestId !== order.requestId) await expire(stripe, id);
  }
}

/** Of pages that were opened at the same moment, none of which saw the others, one is left. */
export async function keepNewestPlan(
  stripe: Stripe,
  { customer }: Pick<Order, "customer">,
): Promise<void> {
  const pages = await openPlanPages(stripe, customer);
  const oldestFirst = pages.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  for (const { id } of oldestFirst.slice(0, -1)) await expire(stripe, id);
}

async function openPlanPages(stripe: Stripe, customer: string): Promise<Stripe.Checkout.Session[]> {
  const open = await stripe.checkout.sessions.list({ customer, status: "open", limit: PAGE });
  return open.data.filter(({ mode }) => mode === "subscription");
}

/** Somebody else may have been faster, or paid: what matters is that it is not open any more. */
async function expire(stripe: Stripe, id: string): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(id);
  } catch (error) {
    const session = await stripe.checkout.sessions.retrieve(id);
    if (session.status === "open") throw error;
  }
}
