import type { SaveCardInput, SavedCard, StartedCheckout } from "@tintype/core/billing-inputs";
import { countAttempt } from "../auth/throttle.ts";
import { paymentCounters } from "../auth/throttle-counters.ts";
import type { UserActor } from "../context.ts";
import { askForCustomer, findCustomer, readBuyer } from "./customers.ts";
import { answeredSoon, type PaymentContext, paymentsOf } from "./payment-context.ts";

/**
 * What would pay for a plan, for use beyond the wallet and for automatic purchases. It stays with the provider and is
 * asked for each time. @throws DomainError payments_unavailable
 */
export async function getSavedCard(ctx: PaymentContext<UserActor>): Promise<SavedCard | null> {
  const customer = await findCustomer(ctx);
  return customer ? answeredSoon(paymentsOf(ctx).findCard(customer)) : null;
}

/**
 * Opens the provider's page that saves a card, and leads back to where it was asked for. It turns nothing on: that is
 * still to be said there. @throws DomainError payments_unavailable, request_id_reused,
 * too_many_attempts
 */
export async function saveCard(
  ctx: PaymentContext<UserActor>,
  { place, requestId }: SaveCardInput,
): Promise<StartedCheckout> {
  const payments = paymentsOf(ctx);
  await countAttempt(ctx.db, paymentCounters(ctx.actor.userId), ctx.now());
  const buyer = await readBuyer(ctx);
  const page = `${ctx.config.publicUrl}/billing`;
  const session = await askForCustomer(ctx, payments, buyer, (customer) =>
    payments.saveCard({
      ...{ requestId, customer, user: buyer, locale: buyer.locale },
      ...{ successUrl: `${page}?card=saved#${place}`, cancelUrl: `${page}#${place}` },
    }),
  );
  return { sessionId: session.id, url: session.url };
}
