import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "@tintype/db/client";
import { creditGrants, webhookEvents } from "@tintype/db/schema";
import { type PaymentProvider, WebhookRefused } from "@tintype/integrations/payments/payments";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { type RunningStripe, startStripeEmulator } from "@tintype/local-cloud/stripe";
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
const noSwitches = { isDeaf: false, answersLost: 0, refusals: 0 };

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

type Desk = {
  stripe: RunningStripe;
  payments: PaymentProvider;
  context: () => PaymentContext<SystemActor>;
  close: () => Promise<void>;
};

/** The emulator, an endpoint that does what our server's route does, and buyers with cards. */
export function useStripeDesk(options: { maxConnections?: number } = {}) {
  const story = useBillingStory(options);
  const desk = {} as Desk & { url: string; server: Server };
  const switches = { ...noSwitches };
  const start = story.clock.now().getTime();
  const heard: Delivery[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), "tintype-desk-"));

  /** What the route does, with the accidents a test asks for. The status is what the sender sees. */
  const take = async (delivery: Delivery): Promise<number> => {
    if (switches.refusals > 0) {
      switches.refusals -= 1;
      return 500;
    }
    try {
      const event = desk.payments.verifyWebhook(delivery.body, delivery.signature);
      await receiveWebhook(desk.context(), event);
      return 200;
    } catch (error) {
      return error instanceof WebhookRefused ? 400 : 500;
    }
  };

  const open = () => {
    const { database } = story.parts;
    const connection = connect(database.url, options);
    const payments = createStripePayments({
      secretKey: desk.stripe.secretKey,
      webhookSecret: SECRET,
      apiBase: desk.stripe.url,
    });
    Object.assign(desk, {
      payments,
      context: () => ({
        ...story.contextFor<SystemActor>({ kind: "system", name: "webhook" }),
        db: connection.db,
        payments,
      }),
      close: connection.close,
    });
  };

  beforeAll(async () => {
    desk.server = createServer(async (request, response) => {
      const signature = String(request.headers["stripe-signature"] ?? "");
      const delivery = { body: await text(request), signature };
      heard.push(delivery);
      const status = switches.isDeaf ? 200 : await take(delivery);
      if (switches.answersLost > 0) {
        switches.answersLost -= 1;
        response.destroy();
      } else response.writeHead(status).end();
    });
    desk.server.listen(0, "127.0.0.1");
    await once(desk.server, "listening");
    desk.url = `http://127.0.0.1:${(desk.server.address() as AddressInfo).port}/`;
    desk.stripe = await startStripeEmulator({
      dataFolder: folder,
      webhooks: [{ url: desk.url, secret: SECRET }],
      retryDelaysMs: [5, 5, 5, 5, 5],
      // Stands still unless a test passes time: everything happens in one second, the worst case for their order.
      now: () => start,
    });
    open();
  });
  // Registered last, so it runs before the database goes.
  afterAll(async () => {
    await desk.stripe.close();
    desk.server.closeAllConnections();
    desk.server.close();
    await desk.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return { ...story, desk, ...doings() };

  function doings() {
    const buyer = async (): Promise<Buyer> => ({
      ...(await story.userWithCredits(0)),
      payments: desk.payments,
    });
    /** Goes through the hosted page with a card. @returns the checkout's id */
    const buy = async (ctx: Buyer, kind: "pack" | "plan", code: string, card = CARD) => {
      const order = { kind, code, returnTo: "/billing", requestId: randomUUID() };
      const { sessionId } = await startCheckout(ctx, order);
      desk.stripe.controls.payCheckout(sessionId, card);
      return sessionId;
    };
    return {
      buyer,
      buy,
      settled: () => desk.stripe.controls.delivered(15_000),
      /** On both clocks, ours and the provider's; what falls due there on the way happens and is told. */
      pass: async (seconds: number) => {
        story.clock.advanceSeconds(seconds);
        desk.stripe.controls.advance(seconds);
        await desk.stripe.controls.delivered(15_000);
      },
      /** Lets Stripe believe that it was delivered, and hands out what there was. */
      overhear: async (work: () => Promise<unknown>): Promise<Delivery[]> => {
        await desk.stripe.controls.delivered();
        heard.length = 0;
        switches.isDeaf = true;
        await work();
        await desk.stripe.controls.delivered();
        switches.isDeaf = false;
        return heard.splice(0);
      },
      /** Over the wire, as Stripe would. @returns the status */
      deliver: async ({ body, signature }: Delivery): Promise<number> => {
        const headers = { "stripe-signature": signature };
        return (await fetch(desk.url, { method: "POST", headers, body })).status;
      },
      /** The answers of the next deliveries are lost after everything is booked. */
      loseAnswers: (count: number) => {
        switches.answersLost = count;
      },
      /** Another process takes over: nothing of the old one's memory is left. */
      restart: async () => {
        await desk.close();
        open();
      },
      /** What a buyer was granted, in one number. */
      grantedTo: async ({ actor }: Buyer): Promise<number> => {
        const rows = await desk
          .context()
          .db.select({ amount: creditGrants.amount })
          .from(creditGrants)
          .where(eq(creditGrants.userId, actor.userId));
        return rows.reduce((sum, { amount }) => sum + amount, 0);
      },
      inboxRow: async (id: string) => {
        const [row] = await desk
          .context()
          .db.select()
          .from(webhookEvents)
          .where(eq(webhookEvents.id, id));
        return row;
      },
      purchasesOf: ({ actor }: Buyer) =>
        desk
          .context()
          .db.select({ amount: creditGrants.amount })
          .from(creditGrants)
          .where(and(eq(creditGrants.userId, actor.userId), eq(creditGrants.source, "purchase"))),
    };
  }
}

/** The one delivery of this type. */
export function ofType(deliveries: readonly Delivery[], type: string): Delivery {
  const found = deliveries.filter((delivery) => eventIn(delivery).type === type);
  const [delivery] = found;
  expect(found, `one ${type}`).toHaveLength(1);
  if (!delivery) throw new Error(`no ${type}`);
  return delivery;
}
