import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStripeEmulator } from "../stripe.ts";
import { sdkFor, startTestStripe, type TestStripe } from "./testing.ts";

// What every call has in common, as the official SDK sees it.

let on: TestStripe;
beforeAll(async () => {
  on = await startTestStripe();
});
afterAll(() => on.stop());

/** The error of a call that must fail. */
async function refused(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await call.then(
    () => new Error("It was not refused."),
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw error;
}

describe("errors have Stripe's shape", () => {
  test("no or a live key is an authentication error", async () => {
    const error = await refused(sdkFor(on.emulator, "sk_live_1234567890").customers.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    const bare = await fetch(`${on.emulator.url}/v1/customers`);
    expect(bare.status).toBe(401);
  });

  test("a missing object names what is missing, in the path with 404 and in a parameter with 400", async () => {
    const inPath = await refused(on.stripe.customers.retrieve("cus_none"));
    expect(inPath).toMatchObject({
      type: "StripeInvalidRequestError",
      code: "resource_missing",
      statusCode: 404,
      param: "id",
      message: "No such customer: 'cus_none'",
    });
    const inParam = await refused(on.stripe.refunds.create({ payment_intent: "pi_none" }));
    expect(inParam).toMatchObject({ statusCode: 400, param: "payment_intent" });
  });

  test("missing, unknown and wrong parameters are named", async () => {
    const missing = await refused(on.stripe.prices.create({ currency: "usd", product: "x" }));
    expect(missing).toMatchObject({ code: "resource_missing", param: "product" });
    const unknown = await refused(on.stripe.customers.create({ nmae: "Ada" } as object));
    expect(unknown).toMatchObject({ code: "parameter_unknown", param: "nmae" });
    const wrong = await refused(on.stripe.paymentIntents.create({ amount: 1.5, currency: "usd" }));
    expect(wrong).toMatchObject({ code: "parameter_invalid_integer", param: "amount" });
    const none = await refused(
      on.stripe.paymentIntents.create({ currency: "usd" } as Stripe.PaymentIntentCreateParams),
    );
    expect(none).toMatchObject({ code: "parameter_missing", param: "amount" });
  });

  test("an unknown route answers in JSON that the SDK understands", async () => {
    const error = await refused(on.stripe.topups.list());
    expect(error).toMatchObject({ type: "StripeInvalidRequestError", statusCode: 404 });
    expect(error.message).toContain("Unrecognized request URL (GET: /v1/topups)");
  });

  test("answers carry a request id and the API version", async () => {
    const { lastResponse } = await on.stripe.customers.create({});
    expect(lastResponse.requestId).toMatch(/^req_/);
    expect(lastResponse.apiVersion).toBe("2026-10-28.endive");
  });
});

describe("parameters", () => {
  test("metadata is merged; an empty value removes its key, an empty metadata all of them", async () => {
    const { id } = await on.stripe.customers.create({ metadata: { a: "1", b: "2" } });
    const merged = await on.stripe.customers.update(id, { metadata: { b: "", c: 3 } });
    expect(merged.metadata).toEqual({ a: "1", c: "3" });
    const emptied = await on.stripe.customers.update(id, { metadata: "" });
    expect(emptied.metadata).toEqual({});
  });

  test("an empty text unsets", async () => {
    const { id } = await on.stripe.customers.create({ name: "Ada", description: "x" });
    const unset = await on.stripe.customers.update(id, { description: "" });
    expect([unset.name, unset.description]).toEqual(["Ada", null]);
  });

  test("a name that is a prototype's is only a name", async () => {
    const { id } = await on.stripe.customers.create({ metadata: { constructor: "x" } });
    const made = (await on.stripe.customers.retrieve(id)) as Stripe.Customer;
    expect(made.metadata.constructor).toBe("x");
    const body = "__proto__[polluted]=yes";
    const headers = {
      authorization: `Bearer ${on.emulator.secretKey}`,
      "content-type": "application/x-www-form-urlencoded",
    };
    const answer = await fetch(`${on.emulator.url}/v1/customers`, {
      method: "POST",
      body,
      headers,
    });
    expect(answer.status).toBe(400);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe("lists", () => {
  test("auto-paging sees each once, newest first, and pages go back and forth", async () => {
    const email = "pages@example.com";
    const made: string[] = [];
    for (let count = 0; count < 7; count++)
      made.push((await on.stripe.customers.create({ email })).id);
    const seen: string[] = [];
    for await (const { id } of on.stripe.customers.list({ email, limit: 3 })) seen.push(id);
    expect(seen).toEqual(made.toReversed());

    const first = await on.stripe.customers.list({ email, limit: 3 });
    expect(first).toMatchObject({ object: "list", has_more: true, url: "/v1/customers" });
    const last = await on.stripe.customers.list({ email, limit: 6, starting_after: seen[2] ?? "" });
    expect([last.data.length, last.has_more]).toEqual([4, false]);
    const back = await on.stripe.customers.list({ email, limit: 2, ending_before: seen[3] ?? "" });
    expect(back.data.map(({ id }) => id)).toEqual(seen.slice(1, 3));
    expect(back.has_more).toBe(true);
  });

  test("a limit over 100 and an unknown cursor are refused", async () => {
    expect(await refused(on.stripe.customers.list({ limit: 101 }))).toMatchObject({
      param: "limit",
    });
    const cursor = await refused(on.stripe.customers.list({ starting_after: "cus_none" }));
    expect(cursor).toMatchObject({ param: "starting_after" });
  });

  test("created ranges", async () => {
    const future = Math.floor(Date.now() / 1_000) + 1_000;
    expect((await on.stripe.customers.list({ created: { gte: future } })).data).toEqual([]);
    expect(
      (await on.stripe.customers.list({ created: { lt: future } })).data.length,
    ).toBeGreaterThan(0);
  });
});

describe("expand", () => {
  test("ids become objects, also inside of lists and of each other", async () => {
    const customer = await on.stripe.customers.create({});
    const { id } = await on.stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      customer: customer.id,
      payment_method: "pm_card_visa",
      confirm: true,
    });
    const intent = await on.stripe.paymentIntents.retrieve(id, {
      expand: ["customer", "latest_charge.balance_transaction"],
    });
    expect(intent.customer).toMatchObject({ id: customer.id, object: "customer" });
    expect(intent.latest_charge).toMatchObject({
      object: "charge",
      balance_transaction: { object: "balance_transaction", amount: 500 },
    });
    const list = await on.stripe.paymentIntents.list({
      customer: customer.id,
      expand: ["data.payment_method"],
    });
    expect(list.data[0]?.payment_method).toMatchObject({ object: "payment_method" });
    expect((await on.stripe.paymentIntents.retrieve(id)).customer).toBe(customer.id);
  });

  test("what cannot be expanded is refused", async () => {
    const { id } = await on.stripe.customers.create({});
    const error = await refused(on.stripe.customers.retrieve(id, { expand: ["email_address"] }));
    expect(error.message).toContain("This property cannot be expanded (email_address)");
  });
});

describe("an Idempotency-Key", () => {
  test("gives the same answer again and does nothing a second time", async () => {
    const idempotencyKey = "key-1";
    const asked = { email: "once@example.com" };
    const first = await on.stripe.customers.create(asked, { idempotencyKey });
    const again = await on.stripe.customers.create(asked, { idempotencyKey });
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect((await on.stripe.customers.list(asked)).data).toHaveLength(1);
  });

  test("refuses other parameters and other endpoints", async () => {
    const idempotencyKey = "key-2";
    await on.stripe.customers.create({ name: "A" }, { idempotencyKey });
    for (const call of [
      on.stripe.customers.create({ name: "B" }, { idempotencyKey }),
      on.stripe.products.create({ name: "A" }, { idempotencyKey }),
    ]) {
      const error = await refused(call);
      expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
      expect(error.statusCode).toBe(400);
    }
  });

  test("remembers a decline as well: the card is not tried again", async () => {
    const asked = {
      amount: 700,
      currency: "usd",
      payment_method: "pm_card_chargeDeclined",
      confirm: true,
      description: "declined once",
    };
    const first = await refused(
      on.stripe.paymentIntents.create(asked, { idempotencyKey: "key-3" }),
    );
    const again = await refused(
      on.stripe.paymentIntents.create(asked, { idempotencyKey: "key-3" }),
    );
    expect([first.code, again.code]).toEqual(["card_declined", "card_declined"]);
    expect(again.payment_intent?.id).toBe(first.payment_intent?.id);
    const charges = await on.stripe.charges.list({
      payment_intent: first.payment_intent?.id ?? "",
    });
    expect(charges.data).toHaveLength(1);
  });
});

describe("state", () => {
  test("survives a restart, idempotency keys included", async () => {
    const before = await on.stripe.customers.create({ name: "Kept" }, { idempotencyKey: "kept" });
    await on.restart();
    expect(await on.stripe.customers.retrieve(before.id)).toMatchObject({ name: "Kept" });
    const again = await on.stripe.customers.create({ name: "Kept" }, { idempotencyKey: "kept" });
    expect(again.id).toBe(before.id);
  });

  test("a journal that a crash cut short loses only the line that was being written", async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "tintype-stripe-"));
    const first = await startStripeEmulator({ dataFolder });
    const { id } = await sdkFor(first).customers.create({});
    await first.close();
    appendFileSync(path.join(dataFolder, "journal.jsonl"), '[["customer","cus_half",{"id":"cus_');
    const second = await startStripeEmulator({ dataFolder });
    expect((await sdkFor(second).customers.list()).data.map((each) => each.id)).toEqual([id]);
    await second.close();
    rmSync(dataFolder, { recursive: true });
  });

  test("a task that is refused is dropped alone, with all it did", async () => {
    const product = (await on.stripe.products.create({ name: "Plan" })).id;
    const asked = {
      product,
      unit_amount: 100,
      currency: "usd",
      recurring: { interval: "month" },
    } as const;
    const { id: price } = await on.stripe.prices.create(asked);
    const { id: customer } = await on.stripe.customers.create({});
    const start_date = Math.floor(Date.now() / 1_000) + 3_600;
    const phases = [{ items: [{ price, quantity: 1 }] }];
    const { id } = await on.stripe.subscriptionSchedules.create({ customer, start_date, phases });
    await on.stripe.prices.update(price, { active: false });
    on.emulator.controls.advance(2 * 3_600);
    expect((await on.stripe.subscriptionSchedules.retrieve(id)).status).toBe("not_started");
    expect((await on.stripe.subscriptions.list({ customer })).data).toEqual([]);
    expect(await on.stripe.customers.create({})).toMatchObject({ object: "customer" });
  });

  test("a refused call leaves nothing behind", async () => {
    const customers = async () => (await on.stripe.customers.list({ limit: 100 })).data.length;
    const before = await customers();
    await on.heard();
    await refused(on.stripe.customers.create({ payment_method: "pm_card_chargeDeclined" }));
    await refused(on.stripe.customers.create({ metadata: { key: "x".repeat(501) } }));
    expect(await customers()).toBe(before);
    expect(await on.heard()).toEqual([]);
  });
});
