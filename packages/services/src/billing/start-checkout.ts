import {
  CHECKOUT_RETURN_PATH,
  type OpenPortalInput,
  type StartCheckoutInput,
  type StartedCheckout,
} from "@tintype/core/billing-inputs";
import { DomainError } from "@tintype/core/problems";
import type { Order } from "@tintype/integrations/payments/payments";
import { countAttempt } from "../auth/throttle.ts";
import { paymentCounters } from "../auth/throttle-counters.ts";
import { listPlansAndPacks } from "../catalogue/catalogue.ts";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { askForCustomer, readBuyer } from "./customers.ts";
import { findCurrentSubscription } from "./get-subscription.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";

/**
 * Opens the provider's page for a pack or a plan. The same request id again opens the same page.
 * @throws DomainError payments_unavailable, product_unavailable, plan_already_active, request_id_reused,
 * too_many_attempts
 */
export async function startCheckout(
  ctx: PaymentContext<UserActor>,
  { kind, code, returnTo, requestId }: StartCheckoutInput,
): Promise<StartedCheckout> {
  const payments = paymentsOf(ctx);
  await countAttempt(ctx.db, paymentCounters(ctx.actor.userId), ctx.now());
  const product = await findProduct(ctx, kind, code);
  if (kind === "plan") await ensureNoPlan(ctx);
  const buyer = await readBuyer(ctx);
  const { publicUrl } = ctx.config;
  const session = await askForCustomer(ctx, payments, buyer, (customer) =>
    payments.createCheckout({
      ...{ requestId, product, customer, user: buyer, locale: buyer.locale },
      // The braces are filled in by the provider and must reach it as they are.
      successUrl: `${publicUrl}${CHECKOUT_RETURN_PATH}?session={CHECKOUT_SESSION_ID}&returnTo=${encodeURIComponent(returnTo)}`,
      cancelUrl: `${publicUrl}${returnTo}`,
    }),
  );
  return { sessionId: session.id, url: session.url };
}

/** @throws DomainError payments_unavailable, too_many_attempts */
export async function openPortal(
  ctx: PaymentContext<UserActor>,
  { returnTo }: OpenPortalInput,
): Promise<{ url: string }> {
  const payments = paymentsOf(ctx);
  await countAttempt(ctx.db, paymentCounters(ctx.actor.userId), ctx.now());
  const buyer = await readBuyer(ctx);
  const returnUrl = `${ctx.config.publicUrl}${returnTo}`;
  const url = await askForCustomer(ctx, payments, buyer, (customer) =>
    payments.openPortal(customer, returnUrl, buyer.locale),
  );
  return { url };
}

async function findProduct(
  { db }: Pick<ServiceContext, "db">,
  kind: "pack" | "plan",
  code: string,
): Promise<Order["product"]> {
  const { plans, packs } = await listPlansAndPacks(db);
  const pack = kind === "pack" && packs.find((known) => known.code === code);
  if (pack) return { kind: "pack", ...pack };
  const plan = kind === "plan" && plans.find((known) => known.code === code);
  if (plan) return { kind: "plan", ...plan };
  throw new DomainError({ code: "product_unavailable", productCode: code });
}

/** Two plans would be paid for twice: whoever has one changes it. */
async function ensureNoPlan(ctx: ServiceContext<UserActor>): Promise<void> {
  const current = await readAsUser(ctx, (db) => findCurrentSubscription({ ...ctx, db }));
  if (!current) return;
  throw new DomainError({ code: "plan_already_active", planCode: current.planCode });
}
