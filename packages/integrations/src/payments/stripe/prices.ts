import type { Plan } from "@tintype/core/catalogue";
import { Stripe } from "stripe";
import { planProductId } from "./orders.ts";

/**
 * The catalogue is ours; Stripe gets to know of a plan when somebody takes it. A product for the plan under a name that
 * follows from its code, a price under a key that follows from what it costs: so any number of servers find the same
 * ones, and a plan whose price an admin has changed is a new price, while those who have it keep the old one.
 */
export async function ensurePrice(stripe: Stripe, plan: Plan): Promise<string> {
  const key = `tintype_plan_${plan.code}_${plan.priceCents}_${plan.currency}_${plan.interval}`;
  const known = await findPrice(stripe, key);
  if (known) return known;
  await ensureProduct(stripe, plan);
  try {
    const price = await stripe.prices.create(
      {
        product: planProductId(plan.code),
        currency: plan.currency,
        unit_amount: plan.priceCents,
        recurring: { interval: plan.interval },
        lookup_key: key,
        metadata: { planCode: plan.code },
      },
      { idempotencyKey: key },
    );
    return price.id;
  } catch (error) {
    // Another server was faster: the key is taken by the very price we want.
    const made = isRefusal(error) ? await findPrice(stripe, key) : null;
    if (made) return made;
    throw error;
  }
}

async function findPrice(stripe: Stripe, key: string): Promise<string | null> {
  const { data } = await stripe.prices.list({ lookup_keys: [key], active: true, limit: 1 });
  return data[0]?.id ?? null;
}

async function ensureProduct(stripe: Stripe, plan: Plan): Promise<void> {
  try {
    await stripe.products.create({
      id: planProductId(plan.code),
      name: plan.name,
      metadata: { planCode: plan.code },
    });
  } catch (error) {
    if (!isRefusal(error) || error.code !== "resource_already_exists") throw error;
  }
}

const isRefusal = (error: unknown): error is Stripe.errors.StripeInvalidRequestError =>
  error instanceof Stripe.errors.StripeInvalidRequestError;
