import { setTimeout as delay } from "node:timers/promises";
import { Stripe } from "stripe";
import type { Delivery } from "../core/tables.ts";
import type { World } from "../core/world.ts";

/** How deliveries misbehave on demand, as they do at Stripe now and then. */
export type DeliveryMode = {
  /** Sent so many times more. */
  duplicates: number;
  /** Milliseconds that every first attempt waits. */
  delayMs: number;
  /** What waits at the same time goes out in random order. */
  shuffle: boolean;
};

const ORDERLY: DeliveryMode = { duplicates: 0, delayMs: 0, shuffle: false };
const ANSWER_TIMEOUT_MS = 10_000;

/** Milliseconds from one failed attempt to the next; Stripe's are hours, for three days. */
export const RETRY_DELAYS_MS = [250, 1_000, 5_000, 15_000, 60_000, 300_000, 1_800_000];

/**
 * Sends events to their endpoints, one after the other in the order in which they happened, until
 * each was answered with a 2xx. What was not delivered when the emulator stopped goes out after the
 * next start.
 */
export class Deliveries {
  readonly #world: World;
  readonly #retryDelays: readonly number[];
  readonly #signingTime: () => number;
  readonly #stopped = new AbortController();
  #mode = ORDERLY;
  #paused = false;
  #wake = Promise.withResolvers<void>();
  #queue: string[];
  #sending = false;
  readonly #loop: Promise<void>;

  /** @param options.signingTime milliseconds since 1970 on the clock of whoever looks at a signature's age */
  constructor(
    world: World,
    options: { retryDelaysMs: readonly number[]; signingTime: () => number },
  ) {
    this.#world = world;
    this.#retryDelays = options.retryDelaysMs;
    this.#signingTime = options.signingTime;
    this.#queue = world.store
      .all("delivery")
      .filter(({ state }) => state === "pending")
      .map(({ id }) => id);
    this.#loop = this.#run();
  }

  /** Takes over the events of a transaction that has committed. */
  enqueue(ids: string[]): void {
    const { delayMs, duplicates } = this.#mode;
    for (const id of ids) {
      if (delayMs) this.#change(id, { notBefore: Date.now() + delayMs });
      for (let copy = 0; copy <= duplicates; copy++) this.#queue.push(id);
    }
    this.#wake.resolve();
  }

  setMode(mode: Partial<DeliveryMode>): void {
    this.#mode = { ...ORDERLY, ...mode };
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake.resolve();
  }

  /** Sends an event again to every endpoint it went to, whatever they answered. */
  redeliver(event: string): void {
    for (const { id } of this.#of(event)) {
      this.#change(id, { state: "pending", notBefore: 0 });
      this.#queue.push(id);
    }
    this.#wake.resolve();
  }

  /** Resolves when nothing waits and nothing is on its way. Rejects after `timeoutMs`. */
  async idle(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.#queue.length || this.#sending) {
      if (Date.now() > deadline) throw new Error(`${this.#queue.length} deliveries still wait.`);
      await delay(5);
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake.resolve();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const id = this.#paused ? undefined : this.#next();
      if (id === undefined) await this.#untilWoken();
      else await this.#send(id);
    }
  }

  #next(): string | undefined {
    const now = Date.now();
    const isDue = (id: string) => this.#timeOf(id) <= now;
    // In disorder it is the first that is due behind any place, or else the first of all.
    const from = this.#mode.shuffle ? Math.floor(Math.random() * this.#queue.length) : 0;
    const behind = this.#queue.findIndex((id, at) => at >= from && isDue(id));
    const index = behind < 0 ? this.#queue.findIndex(isDue) : behind;
    if (index < 0) return undefined;
    this.#sending = true;
    return this.#queue.splice(index, 1)[0];
  }

  /** Milliseconds since 1970: not before. */
  #timeOf(id: string): number {
    return this.#world.store.get("delivery", id)?.notBefore ?? 0;
  }

  async #untilWoken(): Promise<void> {
    let next = Number.POSITIVE_INFINITY;
    if (!this.#paused) for (const id of this.#queue) next = Math.min(next, this.#timeOf(id));
    const waitMs = next - Date.now();
    const timer = Number.isFinite(waitMs) ? setTimeout(() => this.#wake.resolve(), waitMs) : null;
    await this.#wake.promise;
    if (timer) clearTimeout(timer);
    this.#wake = Promise.withResolvers();
  }

  async #send(id: string): Promise<void> {
    try {
      const delivery = this.#world.store.get("delivery", id);
      if (delivery) await this.#attempt(delivery);
    } finally {
      this.#sending = false;
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const endpoint = this.#world.store.get("webhook_endpoint", delivery.endpoint);
    const event = this.#world.store.get("event", delivery.event);
    if (!endpoint || !event) return;
    const secret = this.#world.store.get("setting", `secret ${endpoint.id}`)?.value ?? "";
    const answer = await post(
      endpoint.url,
      JSON.stringify(event, null, 2),
      { secret, at: this.#signingTime() },
      this.#stopped.signal,
    );
    if (this.#stopped.signal.aborted && answer.status === null) return;
    const attempts = [...delivery.attempts, { at: this.#world.milliseconds(), ...answer }];
    if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
      this.#change(delivery.id, { attempts, state: "delivered" });
      this.#countDown(event);
      return;
    }
    const failures = attempts.filter(({ status }) => status === null || status >= 300).length;
    const wait = this.#retryDelays[failures - 1];
    if (wait === undefined) return this.#change(delivery.id, { attempts, state: "failed" });
    this.#change(delivery.id, { attempts, notBefore: Date.now() + wait });
    if (!this.#queue.includes(delivery.id)) this.#queue.push(delivery.id);
  }

  #countDown(event: Stripe.EventBase): void {
    const pending = this.#of(event.id).filter(({ state }) => state !== "delivered").length;
    this.#world.store.transaction(() => {
      this.#world.change("event", event.id, { pending_webhooks: pending });
    });
  }

  #of(event: string): Delivery[] {
    return this.#world.store
      .all("webhook_endpoint")
      .flatMap(({ id }) => this.#world.store.get("delivery", `${event} ${id}`) ?? []);
  }

  #change(id: string, change: Partial<Delivery>): void {
    this.#world.store.transaction(() => void this.#world.change("delivery", id, change));
  }
}

async function post(
  url: string,
  payload: string,
  { secret, at }: { secret: string; at: number },
  stopped: AbortSignal,
) {
  const timestamp = Math.floor(at / 1_000);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": signature,
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      },
      body: payload,
      redirect: "manual",
      signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    return { status: response.status, error: null };
  } catch (error) {
    return { status: null, error: error instanceof Error ? error.message : String(error) };
  }
}
