import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStripe, type TestStripe } from "./testing.ts";

const DAY = 86_400;
const HOUR = 3_600;
const START = Date.UTC(2026, 0, 31, 12) / 1_000;
const FEBRUARY = Date.UTC(2026, 1, 28, 12) / 1_000;
const MARCH = Date.UTC(2026, 2, 31, 12) / 1_000;

let on: TestStripe;
let monthly: Stripe.Price;
let bigger: Stripe.Price;
let yearly: Stripe.Price;

beforeAll(async () => {
  on = await startTestStripe();
  const product = (await on.stripe.products.create({ name: "Studio" })).id;
  const price = (unit_amount: number, interval: "month" | "year") =>
    on.stripe.prices.create({ product, unit_amount, currency: "usd", recurring: { interval } });
  [monthly, bigger, yearly] = [
    await price(1_000, "month"),
    await price(3_000, "month"),
    await price(10_000, "year"),
  ];
});
afterAll(() => on.stop());

async function someone(card = "pm_card_visa") {
  const clock = (await on.stripe.testHelpers.testClocks.create({ frozen_time: START })).id;
  const { id } = await on.stripe.customers.create({ test_clock: clock, email: "ada@example.com" });
  const method = await on.stripe.paymentMethods.attach(card, { customer: id });
  await on.stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return {
    id,
    method: method.id,
    advanceTo: (frozen_time: number) =>
      on.stripe.testHelpers.testClocks.advance(clock, { frozen_time }),
    useCard: async (next: string) => {
      const { id: default_payment_method } = await on.stripe.paymentMethods.attach(next, {
        customer: id,
      });
      await on.stripe.customers.update(id, { invoice_settings: { default_payment_method } });
    },
    subscribe: (more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
      on.stripe.subscriptions.create({ customer: id, items: [{ price: monthly.id }], ...more }),
    invoices: async () => (await on.stripe.invoices.list({ customer: id })).data,
  };
}

const itemOf = (subscription: Stripe.Subscription): Stripe.SubscriptionItem => {
  const [item] = subscription.items.data;
  if (!item) throw new Error("It has no item.");
  return item;
};
const reread = (subscription: Stripe.Subscription) =>
  on.stripe.subscriptions.retrieve(subscription.id);

describe("a subscription begins", () => {
  test("paid at once, in the shapes of the current API", async () => {
    const customer = await someone();
    await on.heard();
    const subscription = await customer.subscribe({
      metadata: { user: "7" },
      expand: ["latest_invoice.payments"],
    });
    expect(subscription.status).toBe("active");
    expect(itemOf(subscription)).toMatchObject({
      current_period_start: START,
      current_period_end: FEBRUARY,
      price: { id: monthly.id },
    });
    expect(subscription.latest_invoice).toMatchObject({
      billing_reason: "subscription_create",
      status: "paid",
      amount_paid: 1_000,
      parent: {
        type: "subscription_details",
        subscription_details: { subscription: subscription.id, metadata: { user: "7" } },
      },
      payments: { data: [{ status: "paid", payment: { type: "payment_intent" } }] },
      lines: {
        data: [
          {
            amount: 1_000,
            period: { start: START, end: FEBRUARY },
            pricing: { price_details: { price: monthly.id } },
            parent: {
              type: "subscription_item_details",
              subscription_item_details: { subscription: subscription.id, proration: false },
            },
          },
        ],
      },
    });
    expect(await on.heard()).toEqual([
      "customer.subscription.created",
      "invoice.created",
      "payment_intent.created",
      "invoice.finalized",
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice_payment.paid",
      "invoice.paid",
      "invoice.payment_succeeded",
      "customer.subscription.updated",
    ]);
  });

  test("without a card it is refused; with default_incomplete it waits for its payment", async () => {
    const { id } = await on.stripe.customers.create({});
    const asked = { customer: id, items: [{ price: monthly.id }] };
    await expect(on.stripe.subscriptions.create(asked)).rejects.toMatchObject({
      code: "resource_missing",
    });
    const waiting = await on.stripe.subscriptions.create({
      ...asked,
      payment_behavior: "default_incomplete",
      expand: ["latest_invoice.confirmation_secret", "latest_invoice.payments"],
    });
    expect(waiting.status).toBe("incomplete");
    const invoice = waiting.latest_invoice as Stripe.Invoice;
    expect(invoice.confirmation_secret?.client_secret).toMatch(/^pi_.+_secret_/);
    const intent = String(invoice.payments?.data[0]?.payment.payment_intent);
    await on.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
    expect((await reread(waiting)).status).toBe("active");
  });

  test("declined: incomplete, and expired after 23 hours; error_if_incomplete leaves nothing", async () => {
    const customer = await someone("pm_card_chargeCustomerFail");
    const failing = customer.subscribe({ payment_behavior: "error_if_incomplete" });
    await expect(failing).rejects.toMatchObject({ code: "card_declined", statusCode: 402 });
    expect(await customer.invoices()).toEqual([]);
    const subscription = await customer.subscribe();
    expect(subscription.status).toBe("incomplete");
    await customer.advanceTo(START + 24 * HOUR);
    expect((await reread(subscription)).status).toBe("incomplete_expired");
    expect((await customer.invoices())[0]?.status).toBe("void");
  });

  test("a trial is free, ends with a payment, and tells three days before", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe({ trial_period_days: 7 });
    expect(subscription.status).toBe("trialing");
    expect((await customer.invoices()).map(({ total, status }) => [total, status])).toEqual([
      [0, "paid"],
    ]);
    await on.heard();
    await customer.advanceTo(START + 7 * DAY + 2 * HOUR);
    expect(await on.heard()).toContain("customer.subscription.trial_will_end");
    expect((await reread(subscription)).status).toBe("active");
    expect((await customer.invoices())[0]).toMatchObject({ total: 1_000, status: "paid" });
  });
});

describe("it renews", () => {
  test("month by month from the 31st; the draft stays open for an hour and takes what is added", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.advanceTo(FEBRUARY + 60);
    const [draft] = await customer.invoices();
    expect(draft).toMatchObject({
      status: "draft",
      billing_reason: "subscription_cycle",
      total: 1_000,
    });
    expect(itemOf(await reread(subscription))).toMatchObject({
      current_period_start: FEBRUARY,
      current_period_end: MARCH,
    });
    const overage = { customer: customer.id, amount: 250, currency: "usd", description: "Overage" };
    await on.stripe.invoiceItems.create({ ...overage, invoice: draft?.id ?? "" });
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect((await customer.invoices())[0]).toMatchObject({ status: "paid", total: 1_250 });
  });

  test("what waits for the customer goes on the next invoice", async () => {
    const customer = await someone();
    const { id } = await customer.subscribe();
    const item = { customer: customer.id, currency: "usd", amount: 75, subscription: id };
    await on.stripe.invoiceItems.create(item);
    const preview = await on.stripe.invoices.createPreview({ subscription: id });
    expect(preview).toMatchObject({ total: 1_075, status: "draft" });
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    const [invoice] = await customer.invoices();
    expect(invoice?.lines.data.map(({ amount }) => amount)).toEqual([75, 1_000]);
  });

  test("a week before, the next invoice is announced; not when the plan ends", async () => {
    for (const ends of [false, true]) {
      const customer = await someone();
      const { id } = await customer.subscribe();
      await on.stripe.subscriptions.update(id, { cancel_at_period_end: ends });
      await on.heard();
      await customer.advanceTo(FEBRUARY - 6 * DAY);
      expect((await on.heard()).includes("invoice.upcoming")).toBe(!ends);
    }
    const { data } = await on.stripe.events.list({ type: "invoice.upcoming" });
    expect(data[0]?.data.object).toMatchObject({ total: 1_000, billing_reason: "upcoming" });
  });

  test("a pause with an end resumes by itself", async () => {
    const customer = await someone();
    const { id } = await customer.subscribe();
    const pause_collection = { behavior: "keep_as_draft", resumes_at: FEBRUARY + DAY } as const;
    await on.stripe.subscriptions.update(id, { pause_collection });
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect((await customer.invoices())[0]).toMatchObject({ status: "draft", auto_advance: false });
    await customer.advanceTo(MARCH + 2 * HOUR);
    expect((await customer.invoices())[0]?.status).toBe("paid");
    expect((await on.stripe.subscriptions.retrieve(id)).pause_collection).toBeNull();
  });

  test("a year is twelve periods of a month for nobody", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe({ items: [{ price: yearly.id }] });
    expect(itemOf(subscription).current_period_end).toBe(Date.UTC(2027, 0, 31, 12) / 1_000);
  });

  test("a failed renewal: past due, tried again by plan, recovered with another card", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.useCard("pm_card_chargeCustomerFail");
    await on.heard();
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect((await reread(subscription)).status).toBe("past_due");
    const events = await on.heard();
    const told = ["charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"];
    expect(events.filter((type) => told.includes(type))).toEqual(told);
    const [open] = await customer.invoices();
    expect(open).toMatchObject({ status: "open", attempt_count: 1 });
    expect(open?.next_payment_attempt).toBe(FEBRUARY + HOUR + 3 * DAY);
    await customer.useCard("pm_card_visa");
    await customer.advanceTo(FEBRUARY + 4 * DAY);
    expect((await reread(subscription)).status).toBe("active");
    expect((await customer.invoices())[0]).toMatchObject({ status: "paid", attempt_count: 2 });
  });

  test("no attempt left: canceled", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.useCard("pm_card_chargeCustomerFail");
    await customer.advanceTo(FEBRUARY + 20 * DAY);
    const ended = await reread(subscription);
    expect([ended.status, ended.cancellation_details?.reason]).toEqual([
      "canceled",
      "payment_failed",
    ]);
    expect((await customer.invoices())[0]).toMatchObject({ status: "open", attempt_count: 4 });
  });

  test("a paused collection voids its invoices, and stops when it is taken back", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await on.stripe.subscriptions.update(subscription.id, {
      pause_collection: { behavior: "void" },
    });
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect((await customer.invoices())[0]?.status).toBe("void");
    expect((await reread(subscription)).status).toBe("active");
    await on.stripe.subscriptions.update(subscription.id, { pause_collection: "" });
    await customer.advanceTo(MARCH + 2 * HOUR);
    expect((await customer.invoices())[0]?.status).toBe("paid");
  });
});

describe("it changes", () => {
  const half = START + (FEBRUARY - START) / 2;
  const change = (
    subscription: Stripe.Subscription,
    more: Partial<Stripe.SubscriptionUpdateParams>,
  ) =>
    on.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription).id, price: bigger.id }],
      ...more,
    });

  test("billed now: half of the difference, as the preview said", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.advanceTo(half);
    const items = [{ id: itemOf(subscription).id, price: bigger.id }];
    const preview = await on.stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items, proration_behavior: "always_invoice" },
    });
    expect(preview.lines.data.map(({ amount }) => amount)).toEqual([-500, 1_500]);
    expect(preview.lines.data[0]?.parent?.subscription_item_details?.proration).toBe(true);
    expect(await customer.invoices()).toHaveLength(1);
    await on.heard();
    const changed = await change(subscription, { proration_behavior: "always_invoice" });
    expect(itemOf(changed).price.id).toBe(bigger.id);
    expect((await customer.invoices())[0]).toMatchObject({
      billing_reason: "subscription_update",
      status: "paid",
      total: 1_000,
    });
    const updated = (await on.heard()).filter((type) => type === "customer.subscription.updated");
    expect(updated).toHaveLength(1);
  });

  test("by default the proration waits for the renewal; with none there is none", async () => {
    for (const [proration_behavior, total] of [
      ["create_prorations", 4_000],
      ["none", 3_000],
    ] as const) {
      const customer = await someone();
      const subscription = await customer.subscribe();
      await customer.advanceTo(half);
      await change(subscription, { proration_behavior });
      expect(await customer.invoices()).toHaveLength(1);
      await customer.advanceTo(FEBRUARY + 2 * HOUR);
      expect((await customer.invoices())[0]?.total).toBe(total);
    }
  });

  test("pending_if_incomplete: unpaid, nothing changes; paid, it applies; too late, it is void", async () => {
    const asked = {
      proration_behavior: "always_invoice",
      payment_behavior: "pending_if_incomplete",
    } as const;
    for (const pays of [true, false]) {
      const customer = await someone();
      const subscription = await customer.subscribe();
      await customer.useCard("pm_card_chargeCustomerFail");
      await customer.advanceTo(half);
      const waiting = await change(subscription, asked);
      expect([waiting.status, itemOf(waiting).price.id]).toEqual(["active", monthly.id]);
      expect(waiting.pending_update?.subscription_items?.[0]?.price.id).toBe(bigger.id);
      const [invoice] = await customer.invoices();
      expect(invoice?.status).toBe("open");
      await customer.useCard("pm_card_visa");
      if (pays) await on.stripe.invoices.pay(invoice?.id ?? "");
      else await customer.advanceTo(half + DAY);
      const after = await reread(subscription);
      expect(after.pending_update).toBeNull();
      expect(itemOf(after).price.id).toBe(pays ? bigger.id : monthly.id);
      expect((await customer.invoices())[0]?.status).toBe(pays ? "paid" : "void");
    }
  });

  test("error_if_incomplete takes everything back", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.useCard("pm_card_chargeCustomerFail");
    await customer.advanceTo(half);
    const asked = {
      proration_behavior: "always_invoice",
      payment_behavior: "error_if_incomplete",
    } as const;
    await expect(change(subscription, asked)).rejects.toMatchObject({ code: "card_declined" });
    expect(itemOf(await reread(subscription)).price.id).toBe(monthly.id);
    expect(await customer.invoices()).toHaveLength(1);
  });

  test("another interval starts a new period now and gives the unused time back", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.advanceTo(half);
    const changed = await change(subscription, {
      items: [{ id: itemOf(subscription).id, price: yearly.id }],
    });
    expect(itemOf(changed).current_period_start).toBe(half);
    expect((await customer.invoices())[0]).toMatchObject({ total: 9_500, status: "paid" });
  });

  test("a downgrade's credit stays with the customer and pays later invoices", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe({ items: [{ price: bigger.id }] });
    await customer.advanceTo(half);
    const items = [{ id: itemOf(subscription).id, price: monthly.id }];
    await on.stripe.subscriptions.update(subscription.id, {
      items,
      proration_behavior: "always_invoice",
    });
    expect(await on.stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -1_000 });
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect((await customer.invoices())[0]).toMatchObject({
      total: 1_000,
      amount_due: 0,
      status: "paid",
    });
    expect(await on.stripe.customers.retrieve(customer.id)).toMatchObject({ balance: 0 });
  });

  test("by schedule: the cheaper plan from the next period on", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe({ items: [{ price: bigger.id }] });
    const schedule = await on.stripe.subscriptionSchedules.create({
      from_subscription: subscription.id,
    });
    expect(schedule.phases).toMatchObject([{ start_date: START, end_date: FEBRUARY }]);
    await on.stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: "release",
      phases: [
        { items: [{ price: bigger.id, quantity: 1 }], start_date: START, end_date: FEBRUARY },
        {
          items: [{ price: monthly.id, quantity: 1 }],
          duration: { interval: "month", interval_count: 1 },
        },
      ],
    });
    expect(itemOf(await reread(subscription)).price.id).toBe(bigger.id);
    await customer.advanceTo(FEBRUARY + 2 * HOUR);
    expect(itemOf(await reread(subscription)).price.id).toBe(monthly.id);
    expect((await customer.invoices())[0]).toMatchObject({ total: 1_000, status: "paid" });
    await customer.advanceTo(MARCH + 2 * HOUR);
    const ended = await on.stripe.subscriptionSchedules.retrieve(schedule.id);
    expect(ended).toMatchObject({ status: "completed", released_subscription: subscription.id });
    expect(await reread(subscription)).toMatchObject({ status: "active", schedule: null });
  });

  test("a schedule that is released changes nothing any more", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    const { id } = await on.stripe.subscriptionSchedules.create({
      from_subscription: subscription.id,
    });
    expect((await reread(subscription)).schedule).toBe(id);
    const released = await on.stripe.subscriptionSchedules.release(id);
    expect(released).toMatchObject({ status: "released", released_subscription: subscription.id });
    expect((await reread(subscription)).schedule).toBeNull();
    await expect(on.stripe.subscriptionSchedules.release(id)).rejects.toThrow("released");
  });
});

describe("it ends", () => {
  test("at once, with or without the unused time", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await customer.advanceTo(START + (FEBRUARY - START) / 2);
    await on.heard();
    const ended = await on.stripe.subscriptions.cancel(subscription.id, {
      prorate: true,
      invoice_now: true,
    });
    expect(ended.status).toBe("canceled");
    expect(await on.heard()).toContain("customer.subscription.deleted");
    expect(await on.stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -500 });
    await expect(on.stripe.subscriptions.cancel(subscription.id)).rejects.toMatchObject({
      code: "resource_missing",
    });
  });

  test("with its period, unless that is taken back", async () => {
    for (const stays of [true, false]) {
      const customer = await someone();
      const subscription = await customer.subscribe();
      const ending = await on.stripe.subscriptions.update(subscription.id, {
        cancel_at_period_end: true,
      });
      expect(ending).toMatchObject({
        status: "active",
        cancel_at: FEBRUARY,
        cancel_at_period_end: true,
      });
      const upcoming = on.stripe.invoices.createPreview({ subscription: subscription.id });
      await expect(upcoming).rejects.toMatchObject({ code: "invoice_upcoming_none" });
      if (stays)
        await on.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
      await customer.advanceTo(FEBRUARY + 2 * HOUR);
      expect((await reread(subscription)).status).toBe(stays ? "active" : "canceled");
      expect(await customer.invoices()).toHaveLength(stays ? 2 : 1);
    }
  });

  test("a customer who is gone is not billed, and time goes on for the others", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const { id } = await on.stripe.invoices.create({ customer, auto_advance: true });
    await on.stripe.invoiceItems.create({ customer, amount: 500, currency: "usd", invoice: id });
    await on.stripe.customers.del(customer);
    on.emulator.controls.advance(2 * HOUR);
    expect((await on.stripe.invoices.retrieve(id)).status).toBe("draft");
  });

  test("with its customer", async () => {
    const customer = await someone();
    const subscription = await customer.subscribe();
    await on.heard();
    expect(await on.stripe.customers.del(customer.id)).toMatchObject({ deleted: true });
    expect(await on.heard()).toEqual(["customer.subscription.deleted", "customer.deleted"]);
    expect(await on.stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect((await reread(subscription)).status).toBe("canceled");
  });
});

describe("invoices by hand", () => {
  test("draft, open, paid; then nothing more", async () => {
    const customer = await someone();
    await on.stripe.invoiceItems.create({ customer: customer.id, amount: 1_200, currency: "usd" });
    const draft = await on.stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: "include",
    });
    expect(draft).toMatchObject({ status: "draft", total: 1_200, number: null });
    const open = await on.stripe.invoices.finalizeInvoice(draft.id);
    expect(open.number).toMatch(/-0001$/);
    const paid = await on.stripe.invoices.pay(draft.id);
    expect(paid).toMatchObject({ status: "paid", amount_remaining: 0 });
    const lines = await on.stripe.invoices.listLineItems(draft.id);
    expect(lines.data.map(({ amount }) => amount)).toEqual([1_200]);
    const payments = await on.stripe.invoicePayments.list({ invoice: draft.id });
    expect(payments.data).toMatchObject([{ status: "paid", amount_paid: 1_200 }]);
    // From a charge back to its invoice, as refunds and disputes need it.
    const payment_intent = String(payments.data[0]?.payment.payment_intent);
    const found = await on.stripe.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent },
    });
    expect(found.data.map(({ invoice }) => invoice)).toEqual([draft.id]);
    await expect(on.stripe.invoices.pay(draft.id)).rejects.toMatchObject({
      code: "invoice_already_paid",
    });
    await expect(on.stripe.invoices.voidInvoice(draft.id)).rejects.toMatchObject({
      code: "invoice_not_editable",
    });
  });

  test("void, uncollectible and paid elsewhere", async () => {
    const { id: customer } = await someone();
    const open = async () => {
      const { id } = await on.stripe.invoices.create({ customer });
      await on.stripe.invoiceItems.create({ customer, amount: 500, currency: "usd", invoice: id });
      return (await on.stripe.invoices.finalizeInvoice(id)).id;
    };
    expect((await on.stripe.invoices.voidInvoice(await open())).status).toBe("void");
    expect((await on.stripe.invoices.markUncollectible(await open())).status).toBe("uncollectible");
    const elsewhere = await on.stripe.invoices.pay(await open(), { paid_out_of_band: true });
    expect(elsewhere.status).toBe("paid");
    expect(on.emulator.controls.books().find((book) => book.customer === customer)).toBeUndefined();
  });

  test("its page takes a card, its PDF is one", async () => {
    const { id: customer } = await someone();
    const { id } = await on.stripe.invoices.create({ customer });
    await on.stripe.invoiceItems.create({ customer, amount: 650, currency: "usd", invoice: id });
    const open = await on.stripe.invoices.finalizeInvoice(id);
    const pdf = await fetch(open.invoice_pdf ?? "");
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect(await pdf.text()).toMatch(/^%PDF-1\.4[\s\S]+\$6\.50[\s\S]+%%EOF\n$/);
    const card = { name: "Ada", number: "4000000000000002", expiry: "12/40", cvc: "123" };
    const declined = await on.post(open.hosted_invoice_url ?? "", card);
    expect([declined.status, await declined.text()]).toEqual([
      402,
      expect.stringContaining("declined"),
    ]);
    await on.post(open.hosted_invoice_url ?? "", { ...card, number: "4242424242424242" });
    expect((await on.stripe.invoices.retrieve(id)).status).toBe("paid");
  });
});
