import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStripeCli } from "./stripe-cli.ts";
import { startTestStripe, type TestStripe } from "./testing.ts";

// Stripe's own CLI with Stripe's own fixtures: a client that nobody here wrote. Every event that the
// product handles must come out of it.

const cli = openStripeCli();
let stripe: TestStripe;

beforeAll(async () => {
  stripe = await startTestStripe({ settings: { debitSeconds: 0 } });
});
afterAll(async () => {
  await stripe.stop();
  cli.close();
});

const trigger = (event: string) => cli.trigger(stripe.emulator, event);

const PAYMENTS = [
  ...["checkout.session.completed", "checkout.session.expired"],
  ...["checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"],
  ...[
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
  ],
  ...[
    "payment_intent.canceled",
    "payment_intent.processing",
    "charge.succeeded",
    "charge.captured",
  ],
  ...["charge.failed", "charge.refunded", "charge.refund.updated", "charge.dispute.created"],
  ...["charge.dispute.updated", "charge.dispute.closed", "setup_intent.succeeded"],
  ...["setup_intent.setup_failed", "payment_method.attached", "payment_method.detached"],
];

const BILLING = [
  ...["customer.created", "customer.updated", "customer.deleted", "customer.subscription.created"],
  ...["customer.subscription.updated", "customer.subscription.deleted"],
  ...["customer.subscription.paused", "customer.subscription.trial_will_end"],
  ...["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"],
  ...["invoice.payment_failed", "invoice.payment_action_required", "invoice.voided"],
  ...["invoice.marked_uncollectible", "invoice.sent", "invoice.updated", "invoiceitem.created"],
  ...["subscription_schedule.created", "subscription_schedule.updated"],
  ...["subscription_schedule.released", "subscription_schedule.canceled"],
  ...["test_helpers.test_clock.ready", "price.updated", "product.deleted"],
  ...["billing_portal.session.created", "billing_portal.configuration.updated"],
];

describe("stripe trigger", () => {
  test.each([...PAYMENTS, ...BILLING])("%s runs through and is delivered", async (event) => {
    expect(await trigger(event)).toContain("Trigger succeeded!");
    expect(await stripe.heard()).toContain(event);
  });

  test.each([
    ["subscription.payment_succeeded", "invoice.payment_succeeded"],
    ["subscription.payment_failed", "invoice.payment_failed"],
  ])("%s is told of as %s", async (name, event) => {
    expect(await trigger(name)).toContain("Trigger succeeded!");
    expect(await stripe.heard()).toContain(event);
  });

  test("a refund is told of by its own event too", async () => {
    await trigger("charge.refunded");
    expect(await stripe.heard()).toContain("refund.created");
  });
});
