import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CARD, startTestStripe, type TestStripe } from "./testing.ts";

let on: TestStripe;
let pack: Stripe.Price;
let plan: Stripe.Price;
let bigger: Stripe.Price;

beforeAll(async () => {
  on = await startTestStripe({ settings: { debitSeconds: 60 } });
  const product = (await on.stripe.products.create({ name: "500 credits" })).id;
  const price = (unit_amount: number, interval?: "month") =>
    on.stripe.prices.create({
      product,
      unit_amount,
      currency: "usd",
      ...(interval ? { recurring: { interval } } : {}),
    });
  [pack, plan, bigger] = [
    await price(999),
    await price(1_900, "month"),
    await price(4_900, "month"),
  ];
});
afterAll(() => on.stop());

const open = (more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  on.stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: pack.id, quantity: 2 }],
    success_url: "http://app.test/done?session={CHECKOUT_SESSION_ID}",
    cancel_url: "http://app.test/pricing",
    ...more,
  });
const reread = (session: Stripe.Checkout.Session, expand: string[] = []) =>
  on.stripe.checkout.sessions.retrieve(session.id, { expand });
const fill = (session: Stripe.Checkout.Session, card: Partial<typeof CARD> = {}) =>
  on.post(session.url ?? "", { ...CARD, ...card });
const doneAt = ({ id }: Stripe.Checkout.Session) => `http://app.test/done?session=${id}`;

describe("a Checkout session for a payment", () => {
  test("shows what is bought, takes a card, goes back with its id", async () => {
    const session = await open({
      metadata: { user: "7" },
      client_reference_id: "7",
      payment_intent_data: { metadata: { user: "7" } },
    });
    expect(session).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      amount_total: 1_998,
      payment_intent: null,
      ui_mode: "hosted_page",
    });
    const page = await (await fetch(session.url ?? "")).text();
    for (const words of ["500 credits", "$19.98", "http://app.test/pricing", "Card number"]) {
      expect(page).toContain(words);
    }
    await on.heard();
    const answer = await fill(session);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, doneAt(session)]);
    expect(await on.heard()).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.completed",
    ]);
    const done = await reread(session, ["line_items", "payment_intent"]);
    expect(done).toMatchObject({
      status: "complete",
      payment_status: "paid",
      customer_details: { email: "ada@example.com", name: "Ada" },
      metadata: { user: "7" },
      payment_intent: { status: "succeeded", amount: 1_998, metadata: { user: "7" } },
      line_items: { data: [{ quantity: 2, amount_total: 1_998, price: { id: pack.id } }] },
      url: null,
    });
  });

  test("a decline stays on the page with the bank's words, and the next card works", async () => {
    const session = await open();
    const refused = await fill(session, { number: "4000 0000 0000 9995" });
    expect(refused.status).toBe(402);
    expect(await refused.text()).toContain("Your card has insufficient funds.");
    const typo = await fill(session, { number: "4242" });
    expect(await typo.text()).toContain("Your card number is incorrect.");
    expect((await reread(session)).status).toBe("open");
    expect((await fill(session)).headers.get("location")).toBe(doneAt(session));
    const { payment_intent } = await reread(session);
    const charges = await on.stripe.charges.list({ payment_intent: String(payment_intent) });
    expect(charges.data.map(({ status }) => status)).toEqual(["succeeded", "failed"]);
  });

  test("3-D Secure: the bank's page in between, completed or failed", async () => {
    const session = await open();
    const ask = async () => {
      const answer = await fill(session, { number: "4000 0027 6000 3184" });
      const location = answer.headers.get("location") ?? "";
      expect(location).toMatch(/^\/authenticate\/pi_/);
      return location;
    };
    const failed = await on.post(await ask(), { answer: "fail" });
    const back = failed.headers.get("location") ?? "";
    expect(back).toContain(`/c/pay/${session.id}?problem=`);
    const page = await (await fetch(new URL(back, on.emulator.url))).text();
    expect(page).toContain("unable to authenticate");
    const completed = await on.post(await ask(), { answer: "complete" });
    expect(completed.headers.get("location")).toBe(doneAt(session));
    expect((await reread(session)).payment_status).toBe("paid");
  });

  test("a customer, saved cards and an invoice when asked for", async () => {
    const { id: customer } = await on.stripe.customers.create({ email: "known@example.com" });
    const session = await open({
      customer,
      payment_intent_data: { setup_future_usage: "off_session" },
      invoice_creation: { enabled: true, invoice_data: { metadata: { pack: "500" } } },
    });
    await fill(session);
    const { invoice } = await reread(session, ["invoice.payments"]);
    expect(invoice).toMatchObject({
      status: "paid",
      total: 1_998,
      metadata: { pack: "500" },
      payments: { data: [{ status: "paid" }] },
    });
    const cards = await on.stripe.customers.listPaymentMethods(customer);
    expect(cards.data).toHaveLength(1);
    const later = await on.stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      customer,
      payment_method: cards.data[0]?.id ?? "",
      off_session: true,
      confirm: true,
    });
    expect(later.status).toBe("succeeded");
    expect(on.emulator.controls.books().find((book) => book.customer === customer)?.paid).toBe(
      2_498,
    );
  });

  test("a card that asks is confirmed once, in Checkout, and pays later without its holder", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const session = await open({
      customer,
      payment_intent_data: { setup_future_usage: "off_session" },
    });
    const ask = await fill(session, { number: "4000002500003155" });
    await on.post(ask.headers.get("location") ?? "", { answer: "complete" });
    const [method] = (await on.stripe.customers.listPaymentMethods(customer)).data;
    const later = await on.stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      customer,
      payment_method: method?.id ?? "",
      off_session: true,
      confirm: true,
    });
    expect(later.status).toBe("succeeded");
  });

  test("a card is kept when the buyer ticks the box for it, and only then", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const saving = {
      customer,
      saved_payment_method_options: { payment_method_save: "enabled" },
    } as const;
    const cards = async () => (await on.stripe.customers.listPaymentMethods(customer)).data;
    const session = await open(saving);
    expect(session.saved_payment_method_options).toEqual({
      allow_redisplay_filters: ["always"],
      payment_method_remove: "disabled",
      payment_method_save: "enabled",
    });
    const page = await (await fetch(session.url ?? "")).text();
    expect(page).toMatch(/<input type="checkbox" name="save" >/);
    await fill(session);
    expect(await cards()).toEqual([]);

    const kept = await open(saving);
    await on.heard();
    await on
      .post(kept.url ?? "", { ...CARD, number: "4000002500003155", save: "on" })
      .then(async (asked) => on.post(asked.headers.get("location") ?? "", { answer: "complete" }));
    expect(await on.heard()).toEqual(
      expect.arrayContaining(["payment_method.attached", "checkout.session.completed"]),
    );
    const [card] = await cards();
    expect(card).toMatchObject({ customer, allow_redisplay: "always", card: { last4: "3155" } });
    // The buyer was there for one payment; for those to come the bank has confirmed nothing.
    const later = on.stripe.paymentIntents.create({
      ...{ amount: 500, currency: "usd", customer, payment_method: card?.id ?? "" },
      ...{ off_session: true, confirm: true },
    });
    await expect(later).rejects.toMatchObject({ code: "authentication_required" });
    on.emulator.controls.payCheckout((await open(saving)).id, {
      number: CARD.number,
      saveCard: true,
    });
    expect(await cards()).toHaveLength(2);
  });

  test("the box needs a customer and something to pay, and a tick without a box keeps nothing", async () => {
    const saved_payment_method_options = { payment_method_save: "enabled" } as const;
    await expect(open({ saved_payment_method_options })).rejects.toMatchObject({
      param: "saved_payment_method_options[payment_method_save]",
    });
    const { id: customer } = await on.stripe.customers.create({});
    const setup = open({
      ...{ mode: "setup", currency: "usd", customer, line_items: [] },
      saved_payment_method_options,
    });
    await expect(setup).rejects.toMatchObject({ param: "saved_payment_method_options" });
    const session = await open({ customer });
    expect(await (await fetch(session.url ?? "")).text()).not.toContain('name="save"');
    await on.post(session.url ?? "", { ...CARD, save: "on" });
    expect((await on.stripe.customers.listPaymentMethods(customer)).data).toEqual([]);
  });

  test("expires by hand or by itself; then its page says so and takes no money", async () => {
    const byHand = await open();
    expect((await on.stripe.checkout.sessions.expire(byHand.id)).status).toBe("expired");
    await expect(on.stripe.checkout.sessions.expire(byHand.id)).rejects.toThrow("expired");
    const byTime = await open();
    await on.heard();
    on.emulator.controls.advance(86_400 + 1);
    expect((await reread(byTime)).status).toBe("expired");
    expect(await on.heard()).toContain("checkout.session.expired");
    const answer = await fill(byTime);
    expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining("expired")]);
  });

  test("paying twice pays once", async () => {
    const session = await open();
    await Promise.all([fill(session), fill(session), fill(session)]);
    const { payment_intent } = await reread(session);
    const charges = await on.stripe.charges.list({ payment_intent: String(payment_intent) });
    expect(charges.data).toHaveLength(1);
    const again = () => on.emulator.controls.payCheckout(session.id, { number: CARD.number });
    expect(again).toThrow("This Checkout Session is complete.");
  });

  test("a bank debit completes the session unpaid; the payment follows or fails", async () => {
    for (const [iban, told] of [
      ["AT611904300234573201", "checkout.session.async_payment_succeeded"],
      ["AT861904300235473202", "checkout.session.async_payment_failed"],
    ] as const) {
      // Not in the SDK's types any more; the CLI still sends it.
      const debit = { payment_method_types: ["sepa_debit"] } as object;
      const session = await open(debit);
      await fill(session, { number: iban });
      expect(await reread(session)).toMatchObject({ status: "complete", payment_status: "unpaid" });
      await on.heard();
      on.emulator.controls.advance(61);
      expect(await on.heard()).toContain(told);
    }
  });

  test("modes and prices must fit", async () => {
    const recurring = open({ line_items: [{ price: plan.id, quantity: 1 }] });
    await expect(recurring).rejects.toMatchObject({ param: "mode" });
    await expect(open({ mode: "subscription" })).rejects.toMatchObject({ param: "line_items" });
  });

  test("no script gets onto the page", async () => {
    const product_data = { name: '<script>alert("x")</script>' };
    const price_data = { currency: "usd", unit_amount: 100, product_data };
    const session = await open({ line_items: [{ price_data, quantity: 1 }] });
    const page = await (await fetch(session.url ?? "")).text();
    expect(page).not.toContain("<script");
    expect(page).toContain("&#60;script&#62;");
  });
});

describe("a Checkout session for a subscription", () => {
  const subscribe = (more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
    open({
      mode: "subscription",
      line_items: [{ price: plan.id, quantity: 1 }],
      subscription_data: { metadata: { user: "9" } },
      ...more,
    });

  test("makes the customer, the subscription and a paid invoice", async () => {
    const session = await subscribe();
    await on.heard();
    await fill(session);
    const done = await reread(session, ["subscription", "customer", "invoice"]);
    expect(done).toMatchObject({
      status: "complete",
      payment_status: "paid",
      subscription: { status: "active", metadata: { user: "9" } },
      customer: { email: "ada@example.com" },
      invoice: { status: "paid", billing_reason: "subscription_create" },
    });
    const subscription = done.subscription as Stripe.Subscription;
    expect(subscription.default_payment_method).toMatch(/^pm_/);
    const events = await on.heard();
    expect(events[0]).toBe("customer.created");
    expect(events.at(-1)).toBe("checkout.session.completed");
    expect(events.indexOf("invoice.paid")).toBeGreaterThan(events.indexOf("invoice.finalized"));
  });

  test("declined first, then paid: one subscription", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const session = await subscribe({ customer });
    expect((await fill(session, { number: "4000000000000002" })).status).toBe(402);
    await fill(session);
    const all = await on.stripe.subscriptions.list({ customer, status: "all" });
    expect(all.data.map(({ status }) => status)).toEqual(["active"]);
  });

  test("declined and left: the subscription that never began expires, then the session", async () => {
    const session = await subscribe();
    await fill(session, { number: "4000000000000002" });
    on.emulator.controls.advance(86_400 + 1);
    const { status, customer } = await reread(session);
    expect(status).toBe("expired");
    const all = await on.stripe.subscriptions.list({ customer: String(customer), status: "all" });
    expect(all.data.map((each) => each.status)).toEqual(["incomplete_expired"]);
  });

  test("a card that asks: the subscription begins when its holder has confirmed", async () => {
    const session = await subscribe();
    const ask = await fill(session, { number: "4000002500003155" });
    expect((await reread(session)).subscription).toBeNull();
    const back = await on.post(ask.headers.get("location") ?? "", { answer: "complete" });
    expect(back.headers.get("location")).toBe(doneAt(session));
    expect((await reread(session, ["subscription"])).subscription).toMatchObject({
      status: "active",
    });
  });

  test("it renews by itself on the emulator's own clock", async () => {
    const session = await subscribe();
    await fill(session);
    const { subscription } = await reread(session);
    on.emulator.controls.advance(32 * 86_400);
    const invoices = await on.stripe.invoices.list({ subscription: String(subscription) });
    expect(invoices.data.map(({ status, billing_reason }) => [status, billing_reason])).toEqual([
      ["paid", "subscription_cycle"],
      ["paid", "subscription_create"],
    ]);
  });
});

test("a Checkout session that saves a card", async () => {
  const { id: customer } = await on.stripe.customers.create({});
  const session = await open({ mode: "setup", customer, currency: "usd", line_items: [] });
  await fill(session);
  const done = await reread(session, ["setup_intent"]);
  expect(done).toMatchObject({
    status: "complete",
    payment_status: "no_payment_required",
    setup_intent: { status: "succeeded" },
  });
  expect((await on.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});

describe("the customer portal", () => {
  async function subscriber() {
    const session = await open({
      mode: "subscription",
      line_items: [{ price: plan.id, quantity: 1 }],
    });
    await fill(session);
    const done = await reread(session);
    const configuration = await on.stripe.billingPortal.configurations.create({
      features: {
        subscription_cancel: { enabled: true, mode: "at_period_end" },
        payment_method_update: { enabled: true },
        invoice_history: { enabled: true },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ["price"],
          proration_behavior: "always_invoice",
          products: [{ product: String(plan.product), prices: [plan.id, bigger.id] }],
        },
      },
    });
    const portal = await on.stripe.billingPortal.sessions.create({
      customer: String(done.customer),
      configuration: configuration.id,
      return_url: "http://app.test/billing",
    });
    const act = (fields: Record<string, string>) =>
      on.post(portal.url, { subscription: String(done.subscription), ...fields });
    const subscription = () => on.stripe.subscriptions.retrieve(String(done.subscription));
    const page = async () => (await fetch(portal.url)).text();
    return { customer: String(done.customer), act, subscription, page };
  }

  test("shows the plan, the cards and the invoices with their PDFs", async () => {
    const page = await (await subscriber()).page();
    for (const words of [
      "500 credits, $19.00 a month",
      "ending in 4242",
      "/pdf",
      "http://app.test/billing",
    ]) {
      expect(page).toContain(words);
    }
  });

  test("cancels with the period and takes it back", async () => {
    const { act, subscription, page } = await subscriber();
    await act({ action: "cancel" });
    expect((await subscription()).cancel_at_period_end).toBe(true);
    expect(await page()).toContain("Ends on");
    await act({ action: "renew" });
    expect((await subscription()).cancel_at_period_end).toBe(false);
  });

  test("shows what another plan costs before it is taken", async () => {
    const { act, subscription } = await subscriber();
    const preview = await (await act({ action: "preview", price: bigger.id })).text();
    expect(preview).toContain("To pay now");
    expect(preview).toContain("$30.00");
    await act({ action: "switch", price: bigger.id });
    expect((await subscription()).items.data[0]?.price.id).toBe(bigger.id);
    const foreign = await act({ action: "switch", price: pack.id });
    expect(await foreign.text()).toContain("This plan is not offered.");
  });

  test("adds a card, makes it the default, removes one", async () => {
    const { act, customer, subscription } = await subscriber();
    const bad = await act({ action: "card", ...CARD, number: "4000000000000002" });
    expect(await bad.text()).toContain("Your card was declined.");
    await act({ action: "card", ...CARD, number: "5555555555554444" });
    const after = (await on.stripe.customers.retrieve(customer)) as Stripe.Customer;
    const cards = (await on.stripe.customers.listPaymentMethods(customer)).data;
    expect(cards.map(({ card }) => card?.last4)).toEqual(["4444", "4242"]);
    expect(after.invoice_settings.default_payment_method).toBe(cards[0]?.id);
    await act({ action: "remove", method: cards[1]?.id ?? "" });
    expect((await on.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
    expect((await subscription()).default_payment_method).toBe(cards[0]?.id);
    await act({ action: "remove", method: cards[0]?.id ?? "" });
    expect((await subscription()).default_payment_method).toBeNull();
  });

  test("touches only what is the customer's own", async () => {
    const [one, two] = [await subscriber(), await subscriber()];
    const { id } = await two.subscription();
    await one.act({ subscription: id, action: "cancel" });
    expect((await two.subscription()).cancel_at_period_end).toBe(false);
  });
});
