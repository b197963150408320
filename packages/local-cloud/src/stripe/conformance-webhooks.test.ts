import { Stripe } from "stripe";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestStripe, type TestStripe } from "./testing.ts";

let on: TestStripe;
beforeEach(async () => {
  on = await startTestStripe();
});
afterEach(() => on.stop());

const verified = ({ body, signature }: { body: string; signature: string }, secret: string) =>
  Stripe.webhooks.constructEvent(body, signature, secret, 300);

const settled = () => on.emulator.controls.delivered();

describe("deliveries", () => {
  test("are signed so that the SDK accepts them, and only with the endpoint's secret", async () => {
    const customer = await on.stripe.customers.create({ name: "Ada" });
    await settled();
    const [delivery] = on.receiver.received;
    if (!delivery) throw new Error("Nothing was delivered.");
    const event = verified(delivery, on.emulator.webhookSecret);
    expect(event).toMatchObject({
      type: "customer.created",
      api_version: "2026-10-28.endive",
      livemode: false,
      data: { object: { id: customer.id, name: "Ada" } },
      request: { id: customer.lastResponse.requestId },
    });
    expect(() => verified(delivery, "whsec_other")).toThrow(
      Stripe.errors.StripeSignatureVerificationError,
    );
    const forged = { ...delivery, body: delivery.body.replace("Ada", "Eve") };
    expect(() => verified(forged, on.emulator.webhookSecret)).toThrow("signature");
  });

  test("carry the former values of what changed", async () => {
    const { id } = await on.stripe.customers.create({ name: "Ada", metadata: { a: "1", b: "2" } });
    await on.stripe.customers.update(id, { name: "Grace", metadata: { b: "3" } });
    const { data } = await on.stripe.events.list({ type: "customer.updated" });
    expect(data[0]?.data.previous_attributes).toEqual({ name: "Ada", metadata: { b: "2" } });
  });

  test("are tried again until the answer is a 2xx, one attempt kept each", async () => {
    on.receiver.answer = (count) => (count < 3 ? 500 : 200);
    await on.stripe.customers.create({});
    await settled();
    const [delivery] = on.emulator.controls.deliveries();
    expect(delivery?.state).toBe("delivered");
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(new Set(on.receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect((await on.stripe.events.list()).data[0]?.pending_webhooks).toBe(0);
  });

  test("are given up after the last attempt", async () => {
    on.receiver.answer = () => 404;
    await on.stripe.customers.create({});
    await settled();
    const [delivery] = on.emulator.controls.deliveries();
    expect([delivery?.state, delivery?.attempts.length]).toEqual(["failed", 4]);
    on.receiver.answer = () => 200;
    on.emulator.controls.redeliver(delivery?.event ?? "");
    await settled();
    expect(on.emulator.controls.deliveries()[0]?.state).toBe("delivered");
  });

  test("on demand twice, late and in any order", async () => {
    const { controls } = on.emulator;
    controls.setDeliveries({ duplicates: 1 });
    await on.stripe.customers.create({});
    expect(await on.heard()).toEqual(["customer.created", "customer.created"]);

    controls.setDeliveries({ shuffle: true });
    controls.pauseDeliveries();
    const names = Array.from({ length: 20 }, (_, index) => `customer ${index}`);
    for (const name of names) await on.stripe.customers.create({ name });
    expect(on.receiver.received).toEqual([]);
    controls.resumeDeliveries();
    await settled();
    const order = on.receiver.received.map(({ body }) => JSON.parse(body).data.object.name);
    expect(order).not.toEqual(names);
    expect(order.toSorted()).toEqual(names.toSorted());

    controls.setDeliveries({ delayMs: 60 });
    const start = Date.now();
    on.receiver.received.length = 0;
    await on.stripe.customers.create({});
    await settled();
    expect(Date.now() - start).toBeGreaterThanOrEqual(60);
    expect(on.receiver.received).toHaveLength(1);
  });

  test("that were not made before a stop are made after the start", async () => {
    on.emulator.controls.pauseDeliveries();
    const { id } = await on.stripe.customers.create({});
    const secret = on.emulator.webhookSecret;
    await on.restart();
    await settled();
    const [delivery] = on.receiver.received;
    if (!delivery) throw new Error("Nothing was delivered.");
    expect(on.emulator.webhookSecret).toBe(secret);
    expect(verified(delivery, secret).data.object).toMatchObject({ id });
  });
});

describe("endpoints", () => {
  test("hear what they asked for, with a secret of their own that is told once", async () => {
    const url = `${new URL("/other", on.emulator.url)}`;
    const made = await on.stripe.webhookEndpoints.create({
      url,
      enabled_events: ["product.created"],
    });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await on.stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
    await on.stripe.customers.create({});
    await on.stripe.products.create({ name: "P" });
    const told = on.emulator.controls.deliveries().filter(({ endpoint }) => endpoint === made.id);
    expect(told.map(({ type }) => type)).toEqual(["product.created"]);
    await on.stripe.webhookEndpoints.update(made.id, { disabled: true });
    await on.stripe.products.create({ name: "Q" });
    expect(
      on.emulator.controls.deliveries().filter(({ endpoint }) => endpoint === made.id),
    ).toHaveLength(1);
    await on.stripe.webhookEndpoints.del(made.id);
    expect((await on.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });

  test("events can be listed by type, also by a group of types", async () => {
    const { id } = await on.stripe.products.create({ name: "P" });
    await on.stripe.products.update(id, { name: "Q" });
    const { data } = await on.stripe.events.list({ type: "product.*" });
    expect(data.map(({ type }) => type)).toEqual(["product.updated", "product.created"]);
    expect((await on.stripe.events.retrieve(data[0]?.id ?? "")).type).toBe("product.updated");
  });
});

type ControlAnswer = { id: string; books: object[]; deliveries: object[] };

describe("controls over HTTP", () => {
  const control = async (name: string, body: object = {}) => {
    const address = new URL(`/_emulator/${name}`, on.emulator.url);
    const response = await fetch(address, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as ControlAnswer };
  };

  test("do what the handle does", async () => {
    const price_data = { currency: "usd", unit_amount: 900, product_data: { name: "Pack" } };
    const session = await on.stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price_data, quantity: 1 }],
      success_url: "http://app.test/",
    });
    const paid = await control("pay-checkout", { session: session.id, number: "4242424242424242" });
    expect(paid.body).toEqual({ kind: "complete" });
    const { payment_intent } = await on.stripe.checkout.sessions.retrieve(session.id);
    const dispute = await control("dispute", { payment: payment_intent });
    await control("close-dispute", { dispute: dispute.body.id, outcome: "won" });
    expect((await control("books")).body.books).toMatchObject([
      { paid: 900, disputed: 0, net: 900 },
    ]);
    expect((await control("delivered")).body.deliveries.length).toBeGreaterThan(5);
    await control("advance", { seconds: 3_600 });
    expect((await control("nonsense")).status).toBe(400);
    expect((await control("advance", { seconds: "x" })).status).toBe(400);
  });
});
