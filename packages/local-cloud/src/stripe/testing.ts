import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { Stripe } from "stripe";
import { type RunningStripe, type StripeEmulatorOptions, startStripeEmulator } from "../stripe.ts";

/** A webhook endpoint that keeps what it gets. `answer` decides the status of each. */
async function startReceiver() {
  const received: { body: string; signature: string }[] = [];
  const receiver = { received, answer: (_count: number): number => 200 };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ body, signature: String(request.headers["stripe-signature"]) });
    response.writeHead(receiver.answer(received.length)).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  return { receiver, url: `http://127.0.0.1:${port}/webhooks`, close };
}

/** The official SDK as it is pointed at the emulator. */
export function sdkFor({ url, secretKey }: RunningStripe, key = secretKey): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });
}

/** An emulator in a folder of its own, the SDK, and an endpoint that hears everything. */
export async function startTestStripe(options: Partial<StripeEmulatorOptions> = {}) {
  const dataFolder = mkdtempSync(path.join(tmpdir(), "tintype-stripe-"));
  const { receiver, url, close } = await startReceiver();
  const start = () => {
    const webhooks = [{ url }];
    return startStripeEmulator({ dataFolder, webhooks, retryDelaysMs: [5, 5, 5], ...options });
  };
  const running = await start();
  const test = {
    emulator: running,
    stripe: sdkFor(running),
    receiver,
    /** The types of all events so far, in the order of their arrival; then forgets them. */
    async heard(): Promise<string[]> {
      await test.emulator.controls.delivered();
      const events = receiver.received
        .splice(0)
        .map(({ body }) => JSON.parse(body) as Stripe.Event);
      return events.map(({ type }) => type);
    },
    /** Sends a form as a browser does and does not follow where it leads. */
    async post(address: string, fields: Record<string, string>) {
      const body = new URLSearchParams(fields);
      return fetch(new URL(address, test.emulator.url), {
        method: "POST",
        body,
        redirect: "manual",
      });
    },
    async restart() {
      await test.emulator.close();
      test.emulator = await start();
      test.stripe = sdkFor(test.emulator);
    },
    async stop() {
      await test.emulator.close();
      await close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  return test;
}

export type TestStripe = Awaited<ReturnType<typeof startTestStripe>>;

export const CARD = {
  email: "ada@example.com",
  name: "Ada",
  number: "4242 4242 4242 4242",
  expiry: "12 / 40",
  cvc: "123",
};
