import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Store } from "./stripe/core/store.ts";
import { type Settings, World } from "./stripe/core/world.ts";
import type { Controls } from "./stripe/emulator/controls.ts";
import { reactions } from "./stripe/emulator/reactions.ts";
import { Emulator } from "./stripe/emulator/server.ts";
import { Deliveries, RETRY_DELAYS_MS } from "./stripe/webhooks/deliveries.ts";
import { newEndpoint } from "./stripe/webhooks/webhook-routes.ts";

export type StripeEmulatorOptions = {
  /** Everything is kept in it and survives a restart. One emulator a folder. */
  dataFolder: string;
  /** A free one when not given. */
  port?: number;
  /** The only key that opens the API. Any `sk_test_…` does when not given, as tests with several accounts want it. */
  secretKey?: string;
  /** Endpoints that exist from the start. Without a secret one is made up. */
  webhooks?: { url: string; secret?: string; events?: string[] }[];
  /** Milliseconds since 1970; tests move it. */
  now?: () => number;
  /**
   * Told by how many seconds the controls have moved the emulator's clock: at the start and after every move, before
   * anything that happened on the way is delivered. For those whose clock is to go along.
   */
  onClockMoved?: (seconds: number) => void;
  /** How failed renewals are retried, how long drafts and debits take. */
  settings?: Partial<Settings>;
  /** Milliseconds from one failed delivery to the next attempt. */
  retryDelaysMs?: number[];
};

const DEFAULT_SETTINGS: Settings = {
  dunning: { retryAfterDays: [3, 5, 7], finally: "cancel" },
  draftSeconds: 3_600,
  collectSeconds: 0,
  upcomingDays: 7,
  debitSeconds: 1,
};

/** Keys that only the emulator knows; they look like Stripe's, so that checks of their form pass. */
const SECRET_KEY = "sk_test_emulator0000000000000000";
const PUBLISHABLE_KEY = "pk_test_emulator0000000000000000";

export type RunningStripe = {
  url: string;
  secretKey: string;
  publishableKey: string;
  /** Of the first endpoint given at the start, made up and kept when none was given. */
  webhookSecret: string;
  controls: Controls;
  close(): Promise<void>;
};

/**
 * Stripe on this machine: the API for the official SDK and CLI, the hosted pages, and signed
 * webhooks. What it covers and where it differs from Stripe stands in stripe/README.md.
 */
export async function startStripeEmulator(options: StripeEmulatorOptions): Promise<RunningStripe> {
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const store = new Store(options.dataFolder);
  const world = new World(store, settings, reactions, options.now ?? Date.now);
  // Who looks at the signature's age has the machine's clock, or the emulator's where it was told of its moves.
  const signingTime = options.onClockMoved ? () => world.milliseconds() : Date.now;
  const deliveries = new Deliveries(world, {
    retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
    signingTime,
  });
  const http = createServer((request, response) => {
    void emulator.answer(request, response);
  });
  http.listen(options.port ?? 0, "127.0.0.1");
  await once(http, "listening");
  world.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const emulator = new Emulator(world, deliveries, options.secretKey, options.onClockMoved);
  const webhookSecret = emulator.act(() => givenEndpoints(world, options.webhooks ?? []));
  return {
    url: world.url,
    secretKey: options.secretKey ?? SECRET_KEY,
    publishableKey: PUBLISHABLE_KEY,
    webhookSecret,
    controls: emulator.controls,
    close: async () => {
      emulator.stop();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await deliveries.stop();
      store.close();
    },
  };
}

/** An endpoint of the same address stays the same over restarts, with the secret asked for now. */
function givenEndpoints(
  world: World,
  given: NonNullable<StripeEmulatorOptions["webhooks"]>,
): string {
  const secrets = given.map(({ url, secret, events = ["*"] }) => {
    const known = world.store.all("webhook_endpoint").find((each) => each.url === url);
    if (!known)
      return newEndpoint(world, { url, events, ...(secret ? { secret } : {}) }).secret ?? "";
    const id = `secret ${known.id}`;
    world.change("webhook_endpoint", known.id, { enabled_events: events });
    if (secret) world.store.put("setting", { id, value: secret });
    return world.must("setting", id).value;
  });
  return secrets[0] ?? "";
}
