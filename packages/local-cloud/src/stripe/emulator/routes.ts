import { clockRoutes } from "../billing/clocks.ts";
import { invoiceItemRoutes } from "../billing/invoice-items.ts";
import { paymentsOf } from "../billing/invoice-relations.ts";
import { invoiceRoutes } from "../billing/invoice-routes.ts";
import { previewRoutes } from "../billing/previews.ts";
import { scheduleRoutes } from "../billing/schedule-routes.ts";
import { subscriptionRoutes } from "../billing/subscription-routes.ts";
import { customerRoutes } from "../catalogue/customers.ts";
import { paymentMethodRoutes } from "../catalogue/payment-method-routes.ts";
import { priceRoutes } from "../catalogue/prices.ts";
import { newProduct, productRoutes } from "../catalogue/products.ts";
import { checkoutRoutes } from "../checkout/routes.ts";
import { lineList } from "../checkout/sessions.ts";
import type { TaskHandlers } from "../core/agenda.ts";
import { idOf, listOf } from "../core/world.ts";
import type { Inclusions } from "../http/expand.ts";
import type { Routes } from "../http/routes.ts";
import { disputeRoutes } from "../payments/disputes.ts";
import { paymentIntentRoutes } from "../payments/payment-intent-routes.ts";
import { refundRoutes } from "../payments/refunds.ts";
import { setupIntentRoutes } from "../payments/setup-intents.ts";
import { portalRoutes } from "../portal/portal-routes.ts";
import { eventRoutes } from "../webhooks/webhook-routes.ts";

export const routesWith = (tasks: TaskHandlers): Routes => ({
  ...customerRoutes,
  ...productRoutes,
  ...priceRoutes(newProduct),
  ...paymentMethodRoutes,
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...checkoutRoutes,
  ...invoiceRoutes,
  ...invoiceItemRoutes,
  ...subscriptionRoutes,
  ...previewRoutes,
  ...scheduleRoutes,
  ...portalRoutes,
  ...clockRoutes(tasks),
  ...eventRoutes,
  "GET /v1/balance": () => ({
    object: "balance",
    available: [],
    livemode: false,
    pending: [],
  }),
});

/** What answers contain only when it is asked for with `expand`. */
export const inclusions: Inclusions = {
  "customer.subscriptions": (world, id) =>
    listOf(
      world.store
        .all("subscription")
        .filter((each) => each.customer === id && each.status !== "canceled"),
      `/v1/customers/${id}/subscriptions`,
    ),
  "charge.refunds": (world, id) =>
    listOf(
      world.store.all("refund").filter((each) => each.charge === id),
      `/v1/charges/${id}/refunds`,
    ),
  "checkout.session.line_items": (world, id) => lineList(id, world.must("order", id).lines),
  "invoice.payments": (world, id) =>
    listOf(paymentsOf(world, id), `/v1/invoice_payments?invoice=${id}`),
  "invoice.confirmation_secret": (world, id) => {
    const payment = paymentsOf(world, id).find(({ payment }) => payment.payment_intent);
    const intent =
      payment && world.must("payment_intent", idOf(payment.payment.payment_intent ?? ""));
    return intent ? { client_secret: intent.client_secret, type: "payment_intent" } : null;
  },
};
