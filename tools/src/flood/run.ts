import { HttpConnection } from "../bench/http-client.ts";
import { dice } from "../soak/dice.ts";
import { audit } from "./audit.ts";
import { disorder } from "./disorder.ts";
import type { FloodOptions } from "./options.ts";
import { signatureOf } from "./post-box.ts";
import { openScene, type Scene, WEBHOOK_SECRET } from "./scene.ts";
import { type Buyer, live } from "./stories.ts";

export type FloodResult = {
  deliveries: number;
  events: number;
  buyers: number;
  /** Of the deliveries alone. */
  seconds: number;
  /** What is wrong, in words; empty when all is well. */
  problems: string[];
};
type Log = (line: string) => void;

/** Fewer events than the shortest story has. */
const EVENTS_A_BUYER = 8;
const SETTLE_MS = 60_000;

/**
 * Lets people buy, and keeps what Stripe tells of it; then tells all of it at once, in disorder and in part twice, and
 * compares the books of both. Nothing remains, however it ends.
 * @throws the reason of `signal` when that ends it early
 */
export async function runFlood(
  options: FloodOptions,
  log: Log,
  signal: AbortSignal,
): Promise<FloodResult> {
  const scene = await openScene(buyersFor(options));
  try {
    const { buyers, ...counted } = await flood(scene, options, log, signal);
    const problems = await compareBooks(scene, buyers);
    return { ...counted, buyers: buyers.length, problems };
  } finally {
    await scene.stop();
  }
}

const eventsOf = ({ deliveries, duplicates }: FloodOptions): number =>
  Math.ceil((deliveries * (100 - duplicates)) / 100);

/** More than enough. */
export const buyersFor = (options: FloodOptions): number =>
  Math.ceil(eventsOf(options) / EVENTS_A_BUYER) + 1;

export const compareBooks = (scene: Scene, buyers: readonly Buyer[]): Promise<string[]> =>
  audit(scene.database.url, buyers, scene.stripe.controls.books(), scene.told.length);

export async function flood(scene: Scene, options: FloodOptions, log: Log, signal: AbortSignal) {
  const began = performance.now();
  const buyers = await liveOn(scene, eventsOf(options), signal);
  const livedFor = (performance.now() - began) / 1_000;
  const events = scene.told.length;
  log(`${buyers.length} buyers, ${events} events in ${livedFor.toFixed(0)} s`);
  const all = disorder(scene.told, options.duplicates, dice(options.seed));
  const seconds = await pour(scene, all, options.connections, signal);
  log(`${all.length} deliveries in ${seconds.toFixed(0)} s; now the audit`);
  return { buyers, events, deliveries: all.length, seconds };
}

async function liveOn(scene: Scene, wanted: number, signal: AbortSignal): Promise<Buyer[]> {
  const connection = await HttpConnection.open(scene.server.url);
  const buyers: Buyer[] = [];
  while (scene.told.length < wanted) {
    signal.throwIfAborted();
    buyers.push(await live(scene, connection, buyers.length + 1));
  }
  connection.close();
  await scene.stripe.controls.delivered(SETTLE_MS);
  return buyers;
}

/** @returns seconds. @throws Error with the answer when one of them is not a 200 */
async function pour(
  { server }: Scene,
  bodies: readonly string[],
  connections: number,
  signal: AbortSignal,
): Promise<number> {
  const left = [...bodies];
  const began = performance.now();
  const sender = async () => {
    const connection = await HttpConnection.open(server.url);
    for (let body = left.pop(); body !== undefined; body = left.pop()) {
      signal.throwIfAborted();
      // Signed when it is sent: a long flood would outlive its signatures.
      const headers = { "stripe-signature": signatureOf(body, WEBHOOK_SECRET) };
      await connection.ask({ method: "POST", path: "/webhooks/stripe", headers, body });
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return (performance.now() - began) / 1_000;
}
