import { createHmac, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { TestBrowser, useTestServer } from "./testing.ts";

const SECRET = "whsec_server_test";
const open = useTestServer({
  STRIPE_SECRET_KEY: "sk_test_x",
  STRIPE_WEBHOOK_SECRET: SECRET,
  METRICS_TOKEN: "a-long-metrics-token",
  // Nobody answers there: what needs to be read at the provider fails.
  STRIPE_API_BASE: "http://127.0.0.1:9",
});
const closed = useTestServer();

function eventOf(type: string, object: object, more: object = {}) {
  const created = Math.floor(Date.now() / 1_000);
  return JSON.stringify({
    ...{ id: `evt_${randomUUID().slice(0, 8)}`, object: "event", type, created },
    ...{ api_version: "2026-10-28.endive", data: { object }, ...more },
  });
}

/** As Stripe calls: from no page, with no cookie, with a signature over the bytes. */
function post(server: typeof open, body: string, { age = 0, secret = SECRET } = {}) {
  const time = Math.floor(Date.now() / 1_000) - age;
  const digest = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  const headers = { "stripe-signature": `t=${time},v1=${digest}` };
  return server.app.request("/webhooks/stripe", { method: "POST", headers, body });
}

test("a signed event needs no origin and no session, and what means nothing is kept", async () => {
  const answer = await post(open, eventOf("product.created", { id: "prod_1", object: "product" }));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ received: true, outcome: "ignored" });
});

test("letters that PostgreSQL has no place for do not keep an event out of the inbox", async () => {
  const strange = {
    id: "cus_1",
    object: "customer",
    name: "A\u0000da \ud800",
    "k\u0000": ["\u0000"],
  };
  const body = eventOf("customer.updated", strange);
  expect(await (await post(open, body)).json()).toEqual({ received: true, outcome: "ignored" });
  const [row] = await open.database.db.execute<{ name: string }>(
    `select payload #>> '{data,object,name}' as name from webhook_events where type = 'customer.updated'`,
  );
  expect(row).toEqual({ name: "Ada \ufffd" });
});

test("a wrong, an old and a missing signature are refused in words", async () => {
  const body = eventOf("product.created", { id: "prod_1", object: "product" });
  const answers = [
    await post(open, body, { secret: "whsec_other" }),
    await post(open, body, { age: 301 }),
    await open.app.request("/webhooks/stripe", { method: "POST", body }),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("STRIPE_WEBHOOK_SECRET");
  }
  expect((await post(open, body, { age: 290 })).status).toBe(200);
  // Whoever runs this reads the same words in the log, and can be woken by the count.
  expect(open.log.join("\n")).toContain("a webhook was refused: The signature is not ours");
  const headers = { authorization: "Bearer a-long-metrics-token" };
  const metrics = await open.app.request("/metrics", { headers });
  expect(await metrics.text()).toContain("webhooks_refused_total 3");
});

test("an invoice that somebody has made by hand for a user of ours is kept, told apart and counted, and does nothing", async () => {
  const browser = new TestBrowser(open.app);
  await browser.signUp();
  const userId = String((await browser.query("auth.me")).data?.id);
  const lines = { object: "list", data: [{ id: "il_1", metadata: {}, parent: null }] };
  const byHand = { id: "in_1", object: "invoice", currency: "usd", metadata: { userId } };
  const body = eventOf("invoice.voided", { ...byHand, lines, status: "void" });
  const answers = [await post(open, body), await post(open, body)];
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
    { received: true, outcome: "not_ours" },
    { received: true, outcome: "duplicate" },
  ]);
  expect(open.log.join("\n")).toContain('"outcome":"not_ours"');
  const headers = { authorization: "Bearer a-long-metrics-token" };
  const metrics = await open.app.request("/metrics", { headers });
  expect(await metrics.text()).toContain("webhooks_not_ours_total 1");
  const rows = await open.database.db.execute(
    `select outcome from webhook_events where type = 'invoice.voided'`,
  );
  expect([...rows]).toEqual([{ outcome: "ignored" }]);
});

test("without secrets the answer is 503, in words and in the log, and nothing is on sale", async () => {
  const answer = await post(closed, eventOf("product.created", {}));
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("STRIPE_SECRET_KEY");
  expect(closed.log.join("\n")).toContain("STRIPE_WEBHOOK_SECRET are not set");
  const browser = new TestBrowser(closed.app);
  expect((await browser.query("billing.catalogue")).data).toMatchObject({ isOpen: false });
  await browser.signUp();
  const order = { kind: "pack", code: "bundle_30m", requestId: randomUUID() };
  const refused = await browser.mutate("billing.startCheckout", order);
  expect(refused).toMatchObject({ status: 503, problem: { code: "payments_unavailable" } });
});

test("a provider that does not answer: the buyer is told so, and the log says why", async () => {
  const browser = new TestBrowser(open.app);
  await browser.signUp();
  const order = { kind: "pack", code: "bundle_30m", requestId: randomUUID() };
  const refused = await browser.mutate("billing.startCheckout", order);
  expect(refused).toMatchObject({ status: 503, problem: { code: "payments_unavailable" } });
  const line = open.log.find((each) => each.includes("a service could not be reached"));
  expect(line).toContain("billing.startCheckout");
  expect(line).toMatch(/ECONNREFUSED|connection/i);
});

test("what cannot be booked is 500, stays in the inbox with its reason, and can be told again", async () => {
  const refund = { id: "re_1", object: "refund", charge: "ch_1", status: "succeeded" };
  const body = eventOf("refund.updated", refund);
  expect((await post(open, body)).status).toBe(500);
  expect((await post(open, body)).status).toBe(500);
  const { id } = JSON.parse(body) as { id: string };
  const [row] = await open.database.db.execute<{ attempts: number; last_error: string }>(
    `select attempts, last_error, processed_at from webhook_events where id = '${id}'`,
  );
  expect(row).toMatchObject({ attempts: 2, processed_at: null });
  expect(row?.last_error).toMatch(/Stripe|connection|ECONNREFUSED|fetch/i);
});

test("another API release is not guessed at", async () => {
  const body = eventOf("charge.refunded", { id: "ch_1" }, { api_version: "2024-06-20" });
  expect((await post(open, body)).status).toBe(500);
  expect(open.log.join("\n")).toContain("2024-06-20");
});

test("too large is too large, signed or not; and a way back to another site is refused", async () => {
  const large = await post(open, eventOf("product.created", { x: "x".repeat(1_100_000) }));
  expect(large.status).toBe(413);
  const browser = new TestBrowser(open.app);
  await browser.signUp();
  for (const returnTo of ["https://evil.example", "//evil.example", "/\\evil.example", "studio"]) {
    const order = { kind: "pack", code: "bundle_30m", requestId: randomUUID(), returnTo };
    const refused = await browser.mutate("billing.startCheckout", order);
    expect(refused.problem, returnTo).toMatchObject({ code: "invalid_input" });
  }
});
