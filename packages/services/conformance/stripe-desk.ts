import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { connect, type DatabaseConnection } from "@tintype/db/client";
import { creditGrants, webhookEvents } from "@tintype/db/schema";
import { type PaymentProvider, WebhookRefused } from "@tintype/integrations/payments/payments";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import {
  type RunningStripe,
  type StripeEmulatorOptions,
  startStripeEmulator,
} from "@tintype/local-cloud/stripe";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect } from "vitest";
import type { PaymentContext } from "../src/billing/payment-context.ts";
import { receiveWebhook } from "../src/billing/receive-webhook.ts";
import { startCheckout } from "../src/billing/start-checkout.ts";
import type { SystemActor, UserActor } from "../src/context.ts";
import { useBillingStory } from "./billing-story.ts";

/** A delivery as it came over the wire. */
export type Delivery = { body: string; signature: string };
export type Buyer = PaymentContext<UserActor>;

export const CARD = {
  email: "ada@example.com",
  name: "Ada",
  number: "4242 4242 4242 4242",
  expiry: "12 / 40",
  cvc: "123",
};

const SECRET = "whsec_conformance";

/** The secret and the moment a delivery is signed with; ours and now unless the test says otherwise. */
type Signing = { secret?: string; ageSeconds?: number };

/** As Stripe signs: the scheme of its documentation, written down a second time. */
export function signed(body: string, { secret = SECRET, ageSeconds = 0 }: Signing = {}): Delivery {
  const time = Math.floor(Date.now() / 1_000) - ageSeconds;
  const digest = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
  return { body, signature: `t=${time},v1=${digest}` };
}

export const eventIn = ({ body }: Delivery) =>
  JSON.parse(body) as { id: string; type: string; created: number };

type Story = ReturnType<typeof useBillingStory>;

type DeskOptions = {
  maxConnections?: number;
  /** How long the provider takes for what it does by itself. */
  settings?: NonNullable<StripeEmulatorOptions["settings"]>;
};

/** The emulator, an endpoint that does what our server's route does, and buyers with cards. */
export function useStripeDesk(options: DeskOptions = {}) {
  const story = useBillingStory(options);
  const desk = new StripeDesk(story, options);
  beforeAll(desk.start);
  // Registered last, so it runs before the database goes.
  afterAll(desk.stop);
  const { buyer, buy, settled, pass, overhear, deliver, restart } = desk;
  const { grantedTo, inboxRow, purchasesOf } = desk;
  return {
    ...story,
    ...{ desk, buyer, buy, settled, pass, overhear, deliver, restart },
    ...{ grantedTo, inboxRow, purchasesOf },
  };
}

class StripeDesk {
  readonly #story: Story;
  readonly #options: DeskOptions;
  /** Stands still unless a test passes time: everything happens in one second, the worst case for their order. */
  readonly #start: number;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "tintype-desk-"));
  readonly #heard: Delivery[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #isDeaf = false;
  #answersLost = 0;
  #url = "";
  #emulator: RunningStripe | undefined;
  #office: { payments: PaymentProvider; connection: DatabaseConnection } | undefined;

  constructor(story: Story, options: DeskOptions) {
    this.#story = story;
    this.#options = options;
    this.#start = story.clock.now().getTime();
  }

  start = async () => {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    this.#emulator = await startStripeEmulator({
      dataFolder: this.#folder,
      webhooks: [{ url: this.#url, secret: SECRET }],
      retryDelaysMs: [5, 5, 5, 5, 5],
      now: () => this.#start,
      ...(this.#options.settings && { settings: this.#options.settings }),
    });
    this.#open();
  };

  stop = async () => {
    await this.#emulator?.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#office?.connection.close();
    rmSync(this.#folder, { recursive: true, force: true });
  };

  get stripe(): RunningStripe {
    if (!this.#emulator) throw new Error("the emulator is not running yet");
    return this.#emulator;
  }

  get payments(): PaymentProvider {
    if (!this.#office) throw new Error("nobody is at the desk yet");
    return this.#office.payments;
  }

  context = (): PaymentContext<SystemActor> => {
    if (!this.#office) throw new Error("nobody is at the desk yet");
    const { payments, connection } = this.#office;
    const actor: SystemActor = { kind: "system", name: "webhook" };
    return { ...this.#story.contextFor(actor), db: connection.db, payments };
  };

  /** Another process takes over: nothing of the old one's memory is left. */
  restart = async () => {
    await this.#office?.connection.close();
    this.#open();
  };

  #open() {
    const { url: apiBase, secretKey } = this.stripe;
    this.#office = {
      payments: createStripePayments({ secretKey, webhookSecret: SECRET, apiBase }),
      connection: connect(this.#story.parts.database.url, this.#options),
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse) {
    const signature = String(request.headers["stripe-signature"] ?? "");
    const delivery = { body: await text(request), signature };
    if (this.#isDeaf) this.#heard.push(delivery);
    const status = this.#isDeaf ? 200 : await this.#take(delivery);
    if (this.#answersLost > 0) {
      this.#answersLost -= 1;
      response.destroy();
    } else response.writeHead(status).end();
  }

  /** What the server's route does. The status is what the sender sees. */
  async #take({ body, signature }: Delivery): Promise<number> {
    try {
      await receiveWebhook(this.context(), this.payments.verifyWebhook(body, signature));
      return 200;
    } catch (error) {
      return error instanceof WebhookRefused ? 400 : 500;
    }
  }

  buyer = async (): Promise<Buyer> => ({
    ...(await this.#story.userWithCredits(0)),
    payments: this.payments,
  });

  /** Goes through the hosted page with a card. @returns the checkout's id */
  buy = async (
    ctx: Buyer,
    kind: "pack" | "plan",
    code: string,
    card: Partial<typeof CARD> & { saveCard?: boolean } = {},
  ): Promise<string> => {
    const order = { kind, code, returnTo: "/billing", requestId: randomUUID() };
    const { sessionId } = await startCheckout(ctx, order);
    this.stripe.controls.payCheckout(sessionId, { ...CARD, ...card });
    return sessionId;
  };

  settled = () => this.stripe.controls.delivered(60_000);

  /** On both clocks, ours and the provider's; what falls due there on the way happens and is told. */
  pass = async (seconds: number) => {
    this.#story.clock.advanceSeconds(seconds);
    this.stripe.controls.advance(seconds);
    await this.settled();
  };

  /** Lets Stripe believe that it was delivered, and hands out what there was. */
  overhear = async (work: () => Promise<unknown>): Promise<Delivery[]> => {
    await this.settled();
    this.#isDeaf = true;
    await work();
    await this.settled();
    this.#isDeaf = false;
    return this.#heard.splice(0);
  };

  /** Over the wire, as Stripe would. @returns the status */
  deliver = async ({ body, signature }: Delivery): Promise<number> => {
    const headers = { "stripe-signature": signature };
    return (await fetch(this.#url, { method: "POST", headers, body })).status;
  };

  /** The answers of the next deliveries are lost after everything is booked. */
  loseAnswers(count: number) {
    this.#answersLost = count;
  }

  /** What a buyer was granted, in one number. */
  grantedTo = async ({ actor, db }: Buyer): Promise<number> => {
    const rows = await db
      .select({ amount: creditGrants.amount })
      .from(creditGrants)
      .where(eq(creditGrants.userId, actor.userId));
    return rows.reduce((sum, { amount }) => sum + amount, 0);
  };

  purchasesOf = ({ actor, db }: Buyer) =>
    db
      .select({ amount: creditGrants.amount })
      .from(creditGrants)
      .where(and(eq(creditGrants.userId, actor.userId), eq(creditGrants.source, "purchase")));

  inboxRow = async (id: string) => {
    const { db } = this.context();
    const [row] = await db.select().from(webhookEvents).where(eq(webhookEvents.id, id));
    return row;
  };
}

/** The one delivery of this type. */
export function ofType(deliveries: readonly Delivery[], type: string): Delivery {
  const found = deliveries.filter((delivery) => eventIn(delivery).type === type);
  const [delivery] = found;
  expect(found, `one ${type}`).toHaveLength(1);
  if (!delivery) throw new Error(`no ${type}`);
  return delivery;
}
