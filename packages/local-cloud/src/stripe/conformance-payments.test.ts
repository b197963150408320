import { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStripe, type TestStripe } from "./testing.ts";

let on: TestStripe;
beforeAll(async () => {
  on = await startTestStripe({ settings: { debitSeconds: 60 } });
});
afterAll(() => on.stop());

const pay = (method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  on.stripe.paymentIntents.create({
    amount: 2_000,
    currency: "usd",
    payment_method: method,
    confirm: true,
    ...more,
  });

async function declined(call: Promise<unknown>): Promise<Stripe.errors.StripeCardError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeCardError) return error;
  throw error ?? new Error("It was not declined.");
}

async function saved(card: string): Promise<{ customer: string; method: string }> {
  const { id: customer } = await on.stripe.customers.create({});
  const method = await on.stripe.paymentMethods.attach(card, { customer });
  return { customer, method: method.id };
}

describe("payment intents", () => {
  test("a good card: one charge, one movement of the balance, events in Stripe's order", async () => {
    await on.heard();
    const intent = await pay("pm_card_visa", { metadata: { order: "7" } });
    expect(intent).toMatchObject({
      status: "succeeded",
      amount_received: 2_000,
      last_payment_error: null,
    });
    expect(await on.heard()).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    const charge = await on.stripe.charges.retrieve(String(intent.latest_charge), {
      expand: ["balance_transaction"],
    });
    expect(charge).toMatchObject({
      amount: 2_000,
      captured: true,
      paid: true,
      payment_method_details: { card: { brand: "visa", last4: "4242" } },
      balance_transaction: { amount: 2_000, fee: 88, net: 1_912 },
      metadata: { order: "7" },
    });
  });

  test("created, given a method, confirmed later", async () => {
    const bare = await on.stripe.paymentIntents.create({ amount: 900, currency: "usd" });
    expect(bare.status).toBe("requires_payment_method");
    const ready = await on.stripe.paymentIntents.update(bare.id, {
      payment_method: "pm_card_visa",
    });
    expect(ready.status).toBe("requires_confirmation");
    expect((await on.stripe.paymentIntents.confirm(bare.id)).status).toBe("succeeded");
    await expect(on.stripe.paymentIntents.confirm(bare.id)).rejects.toMatchObject({
      code: "payment_intent_unexpected_state",
    });
  });

  test("without a method it cannot be confirmed", async () => {
    const { id } = await on.stripe.paymentIntents.create({ amount: 900, currency: "usd" });
    await expect(on.stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      code: "payment_intent_unexpected_state",
    });
  });

  test.each([
    ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ])("%s is declined with %s", async (card, code, decline_code) => {
    await on.heard();
    const error = await declined(pay(card));
    expect(error).toMatchObject({ statusCode: 402, code, decline_code });
    expect(error.payment_intent).toMatchObject({
      status: "requires_payment_method",
      payment_method: null,
      last_payment_error: { code, type: "card_error" },
    });
    expect(error.charge).toMatch(/^ch_/);
    expect(await on.heard()).toEqual([
      "payment_intent.created",
      "charge.failed",
      "payment_intent.payment_failed",
    ]);
  });

  test("a declined intent can be paid with another card", async () => {
    const error = await declined(pay("pm_card_chargeDeclined"));
    const id = error.payment_intent?.id ?? "";
    const paid = await on.stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" });
    expect(paid.status).toBe("succeeded");
    expect(
      (await on.stripe.charges.list({ payment_intent: id })).data.map(({ status }) => status),
    ).toEqual(["succeeded", "failed"]);
  });

  test("a card that declines later is saved and then refuses every charge", async () => {
    const { customer, method } = await saved("pm_card_chargeCustomerFail");
    const error = await declined(pay(method, { customer, off_session: true }));
    expect(error.decline_code).toBe("generic_decline");
  });

  test("captured by hand: all, less, or not at all", async () => {
    const held = await pay("pm_card_visa", { capture_method: "manual" });
    expect(held).toMatchObject({ status: "requires_capture", amount_capturable: 2_000 });
    const taken = await on.stripe.paymentIntents.capture(held.id, { amount_to_capture: 1_500 });
    expect(taken).toMatchObject({ status: "succeeded", amount_received: 1_500 });
    const other = await pay("pm_card_visa", { capture_method: "manual" });
    const canceled = await on.stripe.paymentIntents.cancel(other.id, {
      cancellation_reason: "abandoned",
    });
    expect(canceled).toMatchObject({ status: "canceled", amount_capturable: 0 });
    await expect(on.stripe.paymentIntents.cancel(taken.id)).rejects.toMatchObject({
      code: "payment_intent_unexpected_state",
    });
  });

  test("amounts under fifty cents are refused", async () => {
    await expect(pay("pm_card_visa", { amount: 49 })).rejects.toMatchObject({
      code: "amount_too_small",
    });
  });

  test("a saved card needs its customer", async () => {
    const { method } = await saved("pm_card_visa");
    await expect(pay(method)).rejects.toMatchObject({ param: "payment_method" });
  });
});

describe("authentication", () => {
  test("on session the holder is asked, and says yes or no on the bank's page", async () => {
    for (const [answer, status] of [
      ["complete", "succeeded"],
      ["fail", "requires_payment_method"],
    ] as const) {
      const asked = await pay("pm_card_authenticationRequired", {
        return_url: "http://app.test/back",
      });
      expect(asked.status).toBe("requires_action");
      const url = asked.next_action?.redirect_to_url?.url ?? "";
      const page = await (await fetch(url)).text();
      expect(page).toContain("$20.00");
      const back = await on.post(url, { answer });
      expect(back.headers.get("location")).toContain(
        `redirect_status=${answer === "complete" ? "succeeded" : "failed"}`,
      );
      expect((await on.stripe.paymentIntents.retrieve(asked.id)).status).toBe(status);
    }
  });

  test("off session there is nobody to ask", async () => {
    const { customer, method } = await saved("pm_card_authenticationRequired");
    const error = await declined(pay(method, { customer, off_session: true }));
    expect(error.code).toBe("authentication_required");
  });

  test("3155 set up once pays off session; 3184 never does", async () => {
    for (const [card, works] of [
      ["pm_card_authenticationRequiredOnSetup", true],
      ["pm_card_authenticationRequired", false],
    ] as const) {
      const { id: customer } = await on.stripe.customers.create({});
      const setup = await on.stripe.setupIntents.create({
        customer,
        payment_method: card,
        confirm: true,
      });
      expect(setup.status).toBe("requires_action");
      on.emulator.controls.authenticate(setup.id, "complete");
      const done = await on.stripe.setupIntents.retrieve(setup.id);
      expect(done.status).toBe("succeeded");
      const payment = pay(String(done.payment_method), { customer, off_session: true });
      if (works) expect((await payment).status).toBe("succeeded");
      else expect((await declined(payment)).code).toBe("authentication_required");
    }
  });
});

describe("setup intents and payment methods", () => {
  test("a card is saved with its customer", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const setup = await on.stripe.setupIntents.create({
      customer,
      payment_method: "pm_card_visa",
      confirm: true,
    });
    expect(setup.status).toBe("succeeded");
    const cards = await on.stripe.customers.listPaymentMethods(customer);
    expect(cards.data.map(({ id }) => id)).toEqual([setup.payment_method]);
  });

  test("a declining card can neither be set up nor attached", async () => {
    const { id: customer } = await on.stripe.customers.create({});
    const asked = { customer, payment_method: "pm_card_chargeDeclined", confirm: true };
    const error = await declined(on.stripe.setupIntents.create(asked));
    expect(error.setup_intent).toMatchObject({ status: "requires_payment_method" });
    await declined(on.stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer }));
  });

  test("typed numbers: only Stripe's own test cards, not expired", async () => {
    const card = { number: "4242 4242 4242 4242", exp_month: 12, exp_year: 40, cvc: "123" };
    const good = await on.stripe.paymentMethods.create({ type: "card", card });
    expect(good.card).toMatchObject({ last4: "4242", exp_year: 2_040, brand: "visa" });
    const wrong = on.stripe.paymentMethods.create({
      type: "card",
      card: { ...card, number: "4111111111111111" },
    });
    expect((await declined(wrong)).code).toBe("incorrect_number");
    const old = on.stripe.paymentMethods.create({
      type: "card",
      card: { ...card, exp_year: 2_020 },
    });
    expect((await declined(old)).code).toBe("invalid_expiry_year");
  });

  test("a detached card is nobody's default any more", async () => {
    const { customer, method } = await saved("pm_card_visa");
    await on.stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: method },
    });
    await on.stripe.paymentMethods.detach(method);
    const after = (await on.stripe.customers.retrieve(customer)) as Stripe.Customer;
    expect(after.invoice_settings.default_payment_method).toBeNull();
    await expect(on.stripe.paymentMethods.detach(method)).rejects.toMatchObject({
      param: "payment_method",
    });
  });

  test("a bank debit is under way for a while, then there or not", async () => {
    const debit = async (iban: string) => {
      const method = await on.stripe.paymentMethods.create({
        type: "sepa_debit",
        sepa_debit: { iban },
      });
      const more = { currency: "eur", payment_method_types: ["sepa_debit"] };
      return pay(method.id, more);
    };
    const [good, bad] = [await debit("AT611904300234573201"), await debit("AT861904300235473202")];
    expect([good.status, bad.status]).toEqual(["processing", "processing"]);
    on.emulator.controls.advance(61);
    const statusOf = async ({ id }: { id: string }) =>
      (await on.stripe.paymentIntents.retrieve(id)).status;
    expect([await statusOf(good), await statusOf(bad)]).toEqual([
      "succeeded",
      "requires_payment_method",
    ]);
  });
});

describe("refunds", () => {
  test("in parts until nothing is left, never more", async () => {
    const { id: payment_intent, latest_charge } = await pay("pm_card_visa");
    await on.heard();
    const first = await on.stripe.refunds.create({
      payment_intent,
      amount: 500,
      metadata: { why: "late" },
    });
    expect(first).toMatchObject({
      amount: 500,
      status: "succeeded",
      charge: latest_charge,
      metadata: { why: "late" },
    });
    expect(await on.heard()).toEqual(["refund.created", "charge.refunded"]);
    const much = on.stripe.refunds.create({ payment_intent, amount: 1_501 });
    await expect(much).rejects.toMatchObject({
      type: "StripeInvalidRequestError",
      param: "amount",
    });
    await on.stripe.refunds.create({ payment_intent, reason: "requested_by_customer" });
    const charge = await on.stripe.charges.retrieve(String(latest_charge), { expand: ["refunds"] });
    expect(charge).toMatchObject({ amount_refunded: 2_000, refunded: true });
    expect(charge.refunds?.data.map(({ amount }) => amount)).toEqual([500, 1_500]);
    await expect(on.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
      code: "charge_already_refunded",
    });
  });

  test("what was not paid cannot be refunded", async () => {
    const { id } = await on.stripe.paymentIntents.create({ amount: 500, currency: "usd" });
    await expect(on.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      param: "payment_intent",
    });
  });
});

describe("refunds that fail", () => {
  const book = (customer: string) =>
    on.emulator.controls.books().find((each) => each.customer === customer);

  test("a bank that sends the money back: the charge stands again and can be refunded anew", async () => {
    const { customer, method } = await saved("pm_card_visa");
    const { id, latest_charge } = await pay(method, { customer });
    const refund = await on.stripe.refunds.create({ payment_intent: id, amount: 700 });
    await on.heard();
    on.emulator.controls.failRefund(refund.id);
    expect(await on.heard()).toEqual(["refund.failed", "charge.refund.updated"]);
    const charge = await on.stripe.charges.retrieve(String(latest_charge));
    expect(charge).toMatchObject({ amount_refunded: 0, refunded: false });
    const failed = await on.stripe.refunds.retrieve(refund.id);
    expect(failed).toMatchObject({ status: "failed", failure_reason: "lost_or_stolen_card" });
    expect(book(customer)).toMatchObject({ paid: 2_000, refunded: 0, net: 2_000 });
    expect(() => on.emulator.controls.failRefund(refund.id)).toThrow("is failed");
    await on.stripe.refunds.create({ payment_intent: id });
    expect(book(customer)).toMatchObject({ refunded: 2_000, net: 0 });
  });

  test("the test card's refunds fail by themselves a little later", async () => {
    const { customer, method } = await saved("pm_card_refundFail");
    const { id } = await pay(method, { customer });
    const refund = await on.stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe("succeeded");
    on.emulator.controls.advance(61);
    expect((await on.stripe.refunds.retrieve(refund.id)).status).toBe("failed");
    expect(book(customer)).toMatchObject({ refunded: 0, net: 2_000 });
  });
});

describe("disputes", () => {
  const disputeOf = async (payment_intent: string) =>
    (await on.stripe.disputes.list({ payment_intent })).data[0];

  test("the test card's payment succeeds and is disputed; the money goes and a refund is refused", async () => {
    await on.heard();
    const { id, latest_charge } = await pay("pm_card_createDispute");
    const events = await on.heard();
    expect(events.slice(-3)).toEqual([
      "payment_intent.succeeded",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
    ]);
    const dispute = await disputeOf(id);
    expect(dispute).toMatchObject({
      status: "needs_response",
      reason: "fraudulent",
      amount: 2_000,
    });
    expect(dispute?.balance_transactions[0]).toMatchObject({ amount: -2_000, fee: 1_500 });
    await expect(on.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: "charge_disputed",
    });
    expect((await on.stripe.charges.retrieve(String(latest_charge))).disputed).toBe(true);
  });

  test("winning evidence brings the money back, losing evidence does not", async () => {
    for (const [uncategorized_text, status, movements] of [
      ["winning_evidence", "won", 2],
      ["losing_evidence", "lost", 1],
    ] as const) {
      const { id } = await pay("pm_card_createDispute");
      const dispute = await disputeOf(id);
      await on.heard();
      const closed = await on.stripe.disputes.update(dispute?.id ?? "", {
        evidence: { uncategorized_text },
      });
      expect(closed.status).toBe(status);
      expect(closed.balance_transactions).toHaveLength(movements);
      expect(await on.heard()).toEqual([
        "charge.dispute.updated",
        ...(status === "won" ? ["charge.dispute.funds_reinstated"] : []),
        "charge.dispute.closed",
      ]);
    }
  });

  test("accepting it is losing it, once", async () => {
    const { id } = await pay("pm_card_createDispute");
    const dispute = await disputeOf(id);
    expect((await on.stripe.disputes.close(dispute?.id ?? "")).status).toBe("lost");
    await expect(on.stripe.disputes.close(dispute?.id ?? "")).rejects.toMatchObject({
      code: "dispute_already_closed",
    });
  });

  test("any paid charge can be disputed by the tests, and the books say what is left", async () => {
    const { customer, method } = await saved("pm_card_visa");
    const one = await pay(method, { customer });
    const two = await pay(method, { customer, amount: 3_000 });
    await on.stripe.refunds.create({ payment_intent: one.id, amount: 400 });
    const dispute = on.emulator.controls.dispute(two.id);
    const book = () => on.emulator.controls.books().find((each) => each.customer === customer);
    expect(book()).toMatchObject({ paid: 5_000, refunded: 400, disputed: 3_000, net: 1_600 });
    on.emulator.controls.closeDispute(dispute.id, "won");
    expect(book()).toMatchObject({ paid: 5_000, refunded: 400, disputed: 0, net: 4_600 });
  });
});
