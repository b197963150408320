import { randomUUID } from "node:crypto";
import { Socket } from "node:net";
import { subscriptions, webhookEvents } from "@tintype/db/schema";
import { and, eq, sql } from "drizzle-orm";
import { expect, vi } from "vitest";
import { receiveWebhook } from "../src/billing/receive-webhook.ts";
import { createMailQueue } from "../src/mail/mail-queue.ts";
import { days } from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import { type Delivery, eventIn, ofType, signed, useStripeDesk } from "./stripe-desk.ts";

const { desk, clock, buyer, buy, settled, overhear, deliver, restart, ...told } = useStripeDesk({
  maxConnections: 8,
});
const { grantedTo, inboxRow, purchasesOf } = told;

/** A pack of 1,800 credits, and a plan of 100 a month. */
const PACK = "bundle_30m";
const PLAN = "small";

/** Where a connection goes: `connect` is called with options, or with all its arguments in one array. */
const portOf = (call: readonly unknown[]): string => {
  const [options] = call.flat() as { port?: number | string }[];
  return String(options?.port);
};

conformanceCase(
  "W1",
  "the same event twice is booked once",
  "Stripe's documentation: endpoints might receive the same event more than once",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    const completed = ofType(deliveries, "checkout.session.completed");
    expect(await deliver(completed)).toBe(200);
    expect(await deliver(completed)).toBe(200);
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
    const row = await inboxRow(eventIn(completed).id);
    expect(row).toMatchObject({ outcome: "applied", attempts: 1, lastError: null });
  },
);

conformanceCase(
  "W2",
  "the same event eight times at once is booked once, and all eight are told so",
  "rule: a webhook is retried while its first delivery is still at work",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    const completed = ofType(deliveries, "checkout.session.completed");
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(completed)));
    expect(answers).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
    expect(await inboxRow(eventIn(completed).id)).toMatchObject({ attempts: 1 });
  },
);

conformanceCase(
  "W3",
  "the same event after a restart: what is remembered is in PostgreSQL",
  "open-saas and other kits keep what they have seen in the process or in a cache",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    for (const delivery of deliveries) expect(await deliver(delivery)).toBe(200);
    await restart();
    for (const delivery of deliveries) expect(await deliver(delivery)).toBe(200);
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
  },
);

conformanceCase(
  "W4",
  "the same payment under another event id, as Stripe sends it, is granted once",
  "open-saas#688: a different event id doubled the credits",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    const completed = ofType(deliveries, "checkout.session.completed");
    const other = { ...eventIn(completed), id: `evt_${randomUUID().replaceAll("-", "")}` };
    const again = signed(JSON.stringify({ ...other, created: other.created + 1 }));
    expect(await Promise.all([deliver(completed), deliver(again)])).toEqual([200, 200]);
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
    expect(await inboxRow(other.id)).toMatchObject({ outcome: "applied" });
  },
);

conformanceCase(
  "W5",
  "checkout.completed, payment_intent.succeeded and the pack's invoice.paid grant once, in any order",
  "rule: every event about a payment names it by the same payment intent",
  async () => {
    const orders = [
      ["checkout.session.completed", "payment_intent.succeeded", "invoice.paid"],
      ["payment_intent.succeeded", "invoice.paid", "checkout.session.completed"],
      ["invoice.paid", "checkout.session.completed", "payment_intent.succeeded"],
    ];
    for (const order of orders) {
      const ctx = await buyer();
      const deliveries = await overhear(() => buy(ctx, "pack", PACK));
      for (const type of order) {
        expect(await deliver(ofType(deliveries, type))).toBe(200);
        expect(await purchasesOf(ctx), type).toEqual([{ amount: 1_800 }]);
      }
    }
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    await Promise.all((orders[0] ?? []).map((type) => deliver(ofType(deliveries, type))));
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
  },
);

conformanceCase(
  "W6",
  "invoice.paid before subscription.created, and everything backwards: the same plan, granted once",
  "laravel/cashier-stripe#1201: created came after updated and left the subscription incomplete",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "plan", PLAN));
    expect(await deliver(ofType(deliveries, "invoice.paid"))).toBe(200);
    expect(await grantedTo(ctx)).toBe(100);
    for (const delivery of deliveries.toReversed()) expect(await deliver(delivery)).toBe(200);
    expect(await grantedTo(ctx)).toBe(100);
    const rows = await ctx.db
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.userId, ctx.actor.userId));
    expect(rows).toMatchObject([{ status: "active", planCode: PLAN, interval: "month" }]);
  },
);

conformanceCase(
  "W7",
  "a crash after the commit and before the 200: told again, and found booked",
  "rule: 2xx only after the commit, so the answer may be lost but never the effect",
  async () => {
    const ctx = await buyer();
    await settled();
    desk.loseAnswers(3);
    await buy(ctx, "pack", PACK);
    await settled();
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
    const lost = desk.stripe.controls
      .deliveries()
      .filter(({ attempts }) => attempts.some(({ status }) => status === null));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every(({ state }) => state === "delivered")).toBe(true);
  },
);

conformanceCase(
  "W8",
  "everything 20 days late, as Stripe sends it: what was paid for is there, until when it was paid for",
  "rule: the provider repeats for weeks; what was paid for is neither lost nor granted for longer than it was paid",
  async () => {
    const ctx = await buyer();
    await settled();
    desk.stripe.controls.pauseDeliveries();
    await buy(ctx, "pack", PACK);
    await buy(ctx, "plan", PLAN);
    expect(await grantedTo(ctx)).toBe(0);
    clock.advanceSeconds(days(20) / 1_000);
    desk.stripe.controls.resumeDeliveries();
    await settled();
    expect(await grantedTo(ctx)).toBe(1_900);
    const [plan] = await ctx.db
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.userId, ctx.actor.userId));
    expect(plan).toMatchObject({ status: "active", planCode: PLAN });
  },
);

conformanceCase(
  "W9",
  "Redis down, and store and mail too: nothing but PostgreSQL and the provider is asked",
  "seed 003 kept the processed events in Redis; a cache that is lost must not lose or double a payment",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    const { url } = told.parts.database;
    const fail = (error: Error) => {
      throw error;
    };
    // The real outbox, which is a table: letters wait in it until there is a mail server again.
    const mail = await createMailQueue({ databaseUrl: url, onError: fail });
    const allowed = ["db", "now", "payments", "signals", "actor", "config", "mail"];
    const alone = new Proxy(
      { ...desk.context(), mail },
      {
        get: (context, key) => {
          if (typeof key === "string" && !allowed.includes(key)) throw new Error(`${key} is down`);
          return Reflect.get(context, key);
        },
      },
    );
    const { body, signature } = ofType(deliveries, "checkout.session.completed");
    const event = desk.payments.verifyWebhook(body, signature);
    const waitingLetters = async () => {
      const rows = await ctx.db.execute<{ kind: string }>(
        sql`select data ->> 'kind' as kind from pgboss.job
          where name = 'mail' and data ->> 'userId' = ${ctx.actor.userId}`,
      );
      return rows.map(({ kind }) => kind);
    };
    const connect = vi.spyOn(Socket.prototype, "connect");
    try {
      // The letter is booked with the payment or not at all.
      const broken = {
        ...desk.context(),
        mail: {
          enqueue: async (...letter: Parameters<typeof mail.enqueue>) => {
            await mail.enqueue(...letter);
            throw new Error("after the letter");
          },
        },
      };
      await expect(receiveWebhook(broken, event)).rejects.toThrow("after the letter");
      expect([await purchasesOf(ctx), await waitingLetters()]).toEqual([[], []]);
      expect(await receiveWebhook(alone, event)).toBe("applied");
      expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
      expect(await waitingLetters()).toEqual(["receipt"]);
      const known = [url, desk.stripe.url].map((each) => new URL(each).port);
      for (const port of connect.mock.calls.map(portOf)) expect(known).toContain(port);
    } finally {
      connect.mockRestore();
      await mail.close();
    }
  },
);

conformanceCase(
  "W10",
  "a forged or expired signature is refused, and leaves no trace",
  "rule: who knows the address of the endpoint can send anything to it",
  async () => {
    const ctx = await buyer();
    const deliveries = await overhear(() => buy(ctx, "pack", PACK));
    const { body } = ofType(deliveries, "checkout.session.completed");
    const honest = signed(body);
    const forgeries: Delivery[] = [
      signed(body, { secret: "whsec_guessed" }),
      signed(body, { ageSeconds: 301 }),
      { ...honest, body: body.replace('"1800"', '"9999"') },
      { body, signature: "" },
      { body, signature: honest.signature.replace("v1=", "v0=") },
    ];
    for (const forgery of forgeries) expect(await deliver(forgery)).toBe(400);
    expect(body).toContain('"1800"');
    expect(await inboxRow(eventIn(honest).id)).toBeUndefined();
    expect(await deliver(signed(body, { ageSeconds: 290 }))).toBe(200);
    expect(await purchasesOf(ctx)).toEqual([{ amount: 1_800 }]);
    const [waiting] = await ctx.db
      .select()
      .from(webhookEvents)
      .where(and(eq(webhookEvents.id, eventIn(honest).id), eq(webhookEvents.attempts, 2)));
    expect(waiting).toBeUndefined();
  },
);
