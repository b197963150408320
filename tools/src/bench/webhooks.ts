import { randomUUID } from "node:crypto";
import { signatureOf } from "../flood/post-box.ts";
import { HttpConnection, type HttpRequest, runHttp } from "./http-client.ts";
import { userId } from "./requests.ts";
import type { Sample } from "./statistics.ts";

/** Measured: deliveries answered a second, as a provider tells them that has much to tell, over so many connections. */
export const WEBHOOK_CONNECTIONS = 8;
const WEBHOOK_SECRET = "whsec_bench";

/** For our server. Nothing of these events has to be read at Stripe, so nobody answers there. */
export const webhookEnvironment = {
  STRIPE_SECRET_KEY: "sk_test_bench",
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  STRIPE_API_BASE: "http://127.0.0.1:9",
};

const TOLD_AGAIN = 200;

const idOf = (prefix: string) => `${prefix}_${randomUUID().replaceAll("-", "")}`;

/** The n-th user has paid a pack: the members of Stripe's session that we read, and as many again that we do not. */
export function paidCheckout(n: number): string {
  const created = Math.floor(Date.now() / 1_000);
  const address = { city: null, country: "DE", line1: null, line2: null, postal_code: null };
  const object = {
    ...{ id: idOf("cs_test"), object: "checkout.session", mode: "payment", status: "complete" },
    ...{ amount_subtotal: 1_900, amount_total: 1_900, currency: "usd", payment_status: "paid" },
    ...{ customer: `cus_bench_${n}`, payment_intent: idOf("pi"), invoice: idOf("in") },
    ...{ client_reference_id: userId(n), created, expires_at: created + 86_400, livemode: false },
    metadata: {
      ...{ userId: userId(n), userEmail: `bench-${n}@example.com`, requestId: randomUUID() },
      ...{ kind: "pack", code: "bundle_30m", credits: "1800" },
    },
    customer_details: {
      ...{ address, email: `bench-${n}@example.com`, name: "Ada", phone: null, tax_ids: [] },
    },
    invoice_creation: { enabled: true, invoice_data: { metadata: {}, description: null } },
    payment_method_types: ["card", "link"],
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    success_url: "https://studio.example/billing/return?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://studio.example/billing",
  };
  return JSON.stringify({
    ...{ id: idOf("evt"), object: "event", type: "checkout.session.completed", created },
    ...{ api_version: "2026-10-28.endive", livemode: false, pending_webhooks: 1 },
    ...{ request: { id: null, idempotency_key: null }, data: { object } },
  });
}

export const delivery = (body: string): HttpRequest => ({
  ...{ method: "POST", path: "/webhooks/stripe", body },
  headers: { "stripe-signature": signatureOf(body, WEBHOOK_SECRET) },
});

/** What Stripe has told before, and tells again. */
export async function runToldAgain(
  load: { url: string; clients: number; seconds: number },
  body: () => string,
): Promise<Sample> {
  const told = Array.from({ length: TOLD_AGAIN }, body);
  const connection = await HttpConnection.open(load.url);
  for (const each of told) await connection.ask(delivery(each));
  connection.close();
  let next = 0;
  return runHttp(load, () => delivery(told[next++ % told.length] as string));
}

/** The least an inbox can do: one row of the same size, alone in its transaction. */
export function inboxStatement(body: string): string {
  // A colon before a letter would be one of pgbench's variables.
  const payload = body.replaceAll('":', '": ').replaceAll("'", "''");
  return `insert into webhook_events (id, type, payload, occurred_at, received_at, processed_at, outcome)
    select 'evt_' || uuidv7() || :n, 'product.created', '${payload}'::jsonb, now(), now(), now(), 'ignored'`;
}
