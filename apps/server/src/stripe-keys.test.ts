import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { type ServerType, serve } from "@hono/node-server";
import { parseEnvironment, paymentSettings, paymentVariables } from "@tintype/core/environment";
import { stripeClient } from "@tintype/integrations/payments/stripe/stripe-client";
import { handledTypes } from "@tintype/integrations/payments/stripe/translate";
import { freePort } from "@tintype/local-cloud/ports";
import { type RunningStripe, startStripeEmulator } from "@tintype/local-cloud/stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { TestBrowser, useTestServer } from "./testing.ts";

// The same code talks to Stripe and to its stand-in: only the three variables of the environment decide.

const root = path.join(import.meta.dirname, "../../..");
const folder = mkdtempSync(path.join(tmpdir(), "tintype-keys-"));
const [relayPort, ourPort] = [await freePort(), await freePort()];
const server = useTestServer({
  STRIPE_SECRET_KEY: "sk_test_other",
  STRIPE_WEBHOOK_SECRET: "whsec_other",
  STRIPE_API_BASE: `http://localhost:${relayPort}`,
});
let stripe: RunningStripe;
let listening: ServerType;

/** What our server asked, under which name and with which key; then asked in its place. */
const asked: { host: string | undefined; key: string | undefined; path: string | undefined }[] = [];
const relay = createServer(async (request, response) => {
  const { method, url, headers } = request;
  asked.push({ host: headers.host, key: headers.authorization, path: url });
  const body = await text(request);
  const { "transfer-encoding": _, connection: __, host: ___, ...passed } = headers;
  const answer = await fetch(`${stripe.url}${url}`, {
    ...{ method: method ?? "GET", headers: passed as Record<string, string> },
    ...(method === "POST" && { body }),
  });
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(await answer.text());
});

beforeAll(async () => {
  listening = serve({ fetch: server.app.fetch, hostname: "127.0.0.1", port: ourPort });
  stripe = await startStripeEmulator({
    dataFolder: folder,
    webhooks: [{ url: `http://127.0.0.1:${ourPort}/webhooks/stripe`, secret: "whsec_other" }],
  });
  await new Promise<void>((resolve) => relay.listen(relayPort, "localhost", resolve));
});
afterAll(async () => {
  await stripe.close();
  relay.closeAllConnections();
  relay.close();
  await new Promise((resolve) => listening.close(resolve));
  rmSync(folder, { recursive: true });
});

test("pointed at another host with other keys, a purchase goes through there, and nowhere else", async () => {
  const browser = new TestBrowser(server.app);
  await browser.signUp();
  const order = { kind: "pack", code: "bundle_30m", requestId: randomUUID() };
  const { data } = await browser.mutate("billing.startCheckout", order);
  const sessionId = String(data?.sessionId);
  stripe.controls.payCheckout(sessionId, { number: "4242 4242 4242 4242" });
  await stripe.controls.delivered(10_000);
  const status = await browser.query("billing.checkoutStatus", { sessionId });
  expect(status.data).toEqual({ status: "paid", credits: 1_800 });
  expect(stripe.controls.books()).toMatchObject([{ paid: 1_900, refunded: 0, disputed: 0 }]);
  expect(asked.map((each) => each.path)).toContain("/v1/checkout/sessions");
  expect(new Set(asked.map((each) => `${each.host} ${each.key}`))).toEqual(
    new Set([`localhost:${relayPort} Bearer sk_test_other`]),
  );
});

const settingsOf = (variables: Record<string, string>) =>
  paymentSettings(parseEnvironment(z.object(paymentVariables), variables));

test("with keys and without an address it is Stripe itself, over TLS; without keys nothing is sold", () => {
  const keys = { STRIPE_SECRET_KEY: "sk_live_x", STRIPE_WEBHOOK_SECRET: "whsec_x" };
  for (const base of [{}, { STRIPE_API_BASE: "" }]) {
    const settings = settingsOf({ ...keys, ...base });
    if (!settings) throw new Error("there are keys");
    const client = stripeClient(settings);
    const fields = ["protocol", "host", "port", "basePath"] as const;
    expect(fields.map((name) => String(client.getApiField(name)))).toEqual([
      ...["https", "api.stripe.com", "443", "/v1/"],
    ]);
  }
  expect(settingsOf({})).toBeNull();
  expect(() => settingsOf({ STRIPE_SECRET_KEY: "sk_live_x" })).toThrow("STRIPE_WEBHOOK_SECRET");
});

/** Everything that runs in production, without what tests run on. */
function* productionFiles(): Generator<string> {
  const parts = ["apps/server", "apps/worker", "apps/web", "packages/core", "packages/db"];
  for (const part of [...parts, "packages/services", "packages/integrations", "packages/api"]) {
    const names = readdirSync(path.join(root, part, "src"), { recursive: true }) as string[];
    for (const name of names) {
      const isCode = /\.tsx?$/.test(name) && !/test|[/\\]?testing/.test(name);
      if (isCode) yield path.join(root, part, "src", name);
    }
  }
}

test("no line of the product knows the stand-in: neither its modules nor its controls nor its keys", () => {
  const files = [...productionFiles()];
  expect(files.length).toBeGreaterThan(300);
  const knowing = /@tintype\/local-cloud|\/_emulator\/|sk_test_emulator|whsec_tintype_local/;
  // Known only in order to be refused.
  const refusing = path.join("core", "src", "published-secrets.ts");
  const others = files.filter((file) => !file.endsWith(refusing));
  expect(others.length).toBe(files.length - 1);
  expect(others.filter((file) => knowing.test(readFileSync(file, "utf8")))).toEqual([]);
});

test("containers get the same variables, and the page for operators names all of them and every event", () => {
  const compose = readFileSync(path.join(root, "docker-compose.yml"), "utf8");
  const page = readFileSync(path.join(root, "docs/stripe.md"), "utf8");
  for (const name of Object.keys(paymentVariables)) {
    expect(compose).toContain(`${name}: \${${name}:-}`);
    expect(page).toContain(`\`${name}\``);
  }
  expect(handledTypes.filter((type) => !page.includes(`\n${type}\n`))).toEqual([]);
  const client = stripeClient({ secretKey: "sk_test_x" });
  expect(page).toContain(`--api-version ${client.getApiField("version")}`);
});
