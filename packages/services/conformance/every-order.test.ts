import { randomUUID } from "node:crypto";
import type { Db, Tx } from "@tintype/db/client";
import {
  payments as paymentRows,
  plans,
  stripeCustomers,
  users,
  wallets,
} from "@tintype/db/schema";
import { createTestDatabase, findViolations, type TestDatabase } from "@tintype/db/testing";
import type { PaymentProvider, ProviderEvent } from "@tintype/integrations/payments/payments";
import type {} from "@tintype/local-cloud/testing";
import { asc, eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { changePlan, previewChange } from "../src/billing/change-plan.ts";
import { receiveWebhook } from "../src/billing/receive-webhook.ts";
import { ensureCatalogue } from "../src/catalogue/catalogue.ts";
import type { MailMessage } from "../src/mail/messages.ts";
import { days } from "./billing-story.ts";
import { type Ends, EveryOrder, endOf, type Piece, rolledBack } from "./every-order.ts";
import { type Buyer, signed, useStripeDesk } from "./stripe-desk.ts";

const story = useStripeDesk({ maxConnections: 2 });
const { desk, buyer, buy, overhear } = story;
/** Everything that Stripe has told of the story, in its order; `step` is what had happened. */
const told: { step: string; event: ProviderEvent }[] = [];
/** Knows the customer and a first pack, of which 10 credits were used, and nothing of what came then. */
const own = {} as { blank: TestDatabase };

beforeAll(async () => {
  await live(await buyer());
}, 60_000);
afterAll(async () => {
  expect(await findViolations(own.blank)).toEqual([]);
  await own.blank.drop();
});

/** Lives through the story at the desk, once and in order, and keeps what Stripe tells. */
async function live(ctx: Buyer): Promise<void> {
  const step = async (name: string, work: () => Promise<unknown>) => {
    for (const { body } of await overhear(work)) {
      const { signature } = signed(body);
      told.push({ step: name, event: desk.payments.verifyWebhook(body, signature) });
      expect(await story.deliver({ body, signature })).toBe(200);
    }
    // No two steps in one second, as among people.
    await story.pass(60);
  };
  await ctx.db.update(plans).set({ priceCents: 3_000 }).where(eq(plans.code, "medium"));
  await step("used pack", () => buy(ctx, "pack", "bundle_30m"));
  const [used] = await paidBy(ctx);
  await step("pack", () => buy(ctx, "pack", "bundle_30m"));
  await step("plan", () => buy(ctx, "plan", "small"));
  await step("renewal", () => story.pass(days(31) / 1_000));
  await step("upgrade", async () => {
    const { previewedAt } = await previewChange(ctx, { planCode: "medium" });
    await changePlan(ctx, { planCode: "medium", previewedAt, requestId: randomUUID() });
  });
  const [, , first, second, upgrade] = await paidBy(ctx);
  await step("refund", () => refund(first, 333));
  await step("dispute opened", () => disputed(first, 500));
  await step("dispute lost", () => closed(first, "lost"));
  await step("upgrade refunded", () => refund(upgrade, 400));
  await step("upgrade refunded more", () => refund(upgrade, 200));
  await step("renewal disputed", () => disputed(second, 700));
  await step("renewal's dispute won", () => closed(second, "won"));
  await step("used pack refunded", () => refund(used, null));
  own.blank = await createTestDatabase(inject("postgresUrl"), { maxConnections: 2 });
  await introduce(ctx, own.blank.db);
}

async function paidBy({ db, actor }: Buyer) {
  const rows = await db
    .select({ reference: paymentRows.reference })
    .from(paymentRows)
    .where(eq(paymentRows.userId, actor.userId))
    .orderBy(asc(paymentRows.paidAt));
  return rows.map(({ reference }) => reference);
}

const refund = (payment = "", amountCents: number | null) =>
  desk.payments.refund({
    ...{ payment, amountCents, idempotencyKey: randomUUID(), orderedBy: "test", note: "asked for" },
  });

const complaints = new Map<string, string>();
const disputed = async (payment = "", amount: number) =>
  complaints.set(payment, desk.stripe.controls.dispute(payment, { amount }).id);
const closed = async (payment = "", outcome: "won" | "lost") =>
  desk.stripe.controls.closeDispute(complaints.get(payment) ?? "", outcome);

async function introduce({ db, actor }: Buyer, blank: Db): Promise<void> {
  await ensureCatalogue(blank, "studio", story.clock.now());
  await blank.delete(plans);
  await blank.insert(plans).values(await db.select().from(plans));
  await blank.insert(users).values(await db.select().from(users).where(eq(users.id, actor.userId)));
  await blank.insert(wallets).values({ userId: actor.userId, updatedAt: story.clock.now() });
  const customers = db
    .select()
    .from(stripeCustomers)
    .where(eq(stripeCustomers.userId, actor.userId));
  await blank.insert(stripeCustomers).values(await customers);
  const [{ event } = { event: null }] = pieces("used pack");
  if (!event) throw new Error("the first pack was not told");
  const { tell } = teller(desk.payments);
  await blank.transaction((tx) => tell(tx, event, event.id));
  for (let job = 0; job < 2; job += 1) {
    await (await story.startJob({ ...story.contextFor(actor), db: blank })).complete();
  }
}

/** Tells as the endpoint does after it has looked at the signature, into a transaction that does not stay. */
function teller(payments: PaymentProvider) {
  const letters: string[] = [];
  const enqueue = async (_: unknown, message: MailMessage) => void letters.push(inWords(message));
  const signals = { ...story.parts.signals, userChanged: () => undefined };
  return {
    takeLetters: () => letters.splice(0),
    tell: async (tx: Tx, event: ProviderEvent, id: string) => {
      // A transaction within the transaction is a savepoint, so what is booked here can be taken back.
      const db = tx as unknown as Db;
      const ctx = { ...desk.context(), db, payments, mail: { enqueue }, signals };
      await receiveWebhook(ctx, { ...event, id });
    },
  };
}

/** A letter by what tells it apart; how much was refunded by it stands at its end. */
function inWords(letter: MailMessage): string {
  switch (letter.kind) {
    case "receipt":
      return `receipt ${letter.productCode} ${letter.paidAt} ${letter.paidCents} ${letter.credits}`;
    case "refund":
      return `refund ${letter.paidAt} ${letter.refundedInAllCents} ${letter.refundedCents}`;
    case "dispute_opened":
    case "dispute_closed":
      return `${letter.kind} ${letter.paidAt}`;
    default:
      return letter.kind;
  }
}

/** What Stripe leaves out of an event is read once: it answers the same each time. */
function readingOnce(payments: PaymentProvider): PaymentProvider {
  const known = new Map<unknown, ReturnType<PaymentProvider["translate"]>>();
  return {
    ...payments,
    translate: (event, knowledge) => {
      const translation = known.get(event.payload) ?? payments.translate(event, knowledge);
      known.set(event.payload, translation);
      return translation;
    },
  };
}

/** The event of each step that moves credits. */
const decisive: Record<string, string> = {
  "used pack": "checkout.session.completed",
  pack: "checkout.session.completed",
  plan: "invoice.paid",
  renewal: "invoice.paid",
  upgrade: "invoice.paid",
  refund: "charge.refunded",
  "dispute opened": "charge.dispute.created",
  "dispute lost": "charge.dispute.closed",
  "upgrade refunded": "charge.refunded",
  "upgrade refunded more": "charge.refunded",
  "renewal disputed": "charge.dispute.created",
  "renewal's dispute won": "charge.dispute.closed",
  "used pack refunded": "charge.refunded",
};

function pieces(...steps: string[]): Piece[] {
  return steps.map((name) => {
    const found = told.filter(({ step, event }) => step === name && event.type === decisive[name]);
    const [piece] = found;
    expect(found, `one ${decisive[name]} of "${name}"`).toHaveLength(1);
    if (!piece) throw new Error(`${name} was not told`);
    return { name, event: piece.event };
  });
}

async function tellEveryOrder(...steps: string[]) {
  const every = new EveryOrder(teller(readingOnce(desk.payments)), pieces(...steps));
  const ends = await own.blank.db.transaction((tx) => every.tell(tx));
  return { ends, ...every.counts, orders: [...ends.values()].reduce((sum, each) => sum + each, 0) };
}

type End = { letters: string[]; tables: unknown[]; grants: unknown; usable: unknown };

/** All these orders end in the same books, and have told the user the same, once. */
function expectOneEnd(ends: Ends): void {
  const all: End[] = [...ends.keys()].map((end) => JSON.parse(end));
  const [books, ...others] = different(all.map(({ letters: _, ...rest }) => rest));
  for (const other of others) expect(other, "how the books stand").toEqual(books);
  for (const { letters } of all)
    expect(new Set(letters).size, `of ${letters}`).toBe(letters.length);
  const [said, ...otherwise] = different(all.map(({ letters }) => whatIsSaid(letters)));
  for (const other of otherwise) expect(other, "what the letters say").toEqual(said);
}

const different = <T>(values: T[]): T[] =>
  [...new Set(values.map((value) => JSON.stringify(value)))].map((value) => JSON.parse(value));

/**
 * Receipts, ends of disputes, and of the refunds the sum: one that comes after a later one has nothing to add. That a
 * dispute is open is not said once it has ended, nor that a plan was renewed before its beginning is known.
 */
function whatIsSaid(letters: string[]) {
  const kept = letters.filter((letter) => /^(receipt|dispute_closed) /.test(letter));
  const refunded = new Map<string, number>();
  for (const letter of letters) {
    const [kind, paidAt = "", , cents] = letter.split(" ");
    if (kind === "refund") refunded.set(paidAt, (refunded.get(paidAt) ?? 0) + Number(cents));
  }
  return { kept, refunded: [...refunded].toSorted() };
}

/** 1,900 webhooks of sixteen round trips: 25 s of processor time, which a busy machine may take long to give. */
const bound = { timeout: 600_000 };

test(
  "every order of purchase, plan, renewal, upgrade, refund, dispute and its loss, each told again at every later place: one end",
  bound,
  async () => {
    const { ends, orders, ...counts } = await tellEveryOrder(
      ...["pack", "plan", "renewal", "upgrade", "refund", "dispute opened", "dispute lost"],
    );
    expect(orders).toBe(7 * 6 * 5 * 4 * 3 * 2);
    expectOneEnd(ends);
    // Fewer than orders, or nothing would be told twice; more than sets of events, or the order would not be looked at.
    expect(counts.states).toBeGreaterThan(2 ** 7);
  },
);

test(
  "every order of renewal, upgrade, two refunds of it, a dispute about the renewal and its being won: one end",
  bound,
  async () => {
    const { ends, orders } = await tellEveryOrder(
      ...["renewal", "upgrade", "upgrade refunded", "upgrade refunded more"],
      ...["renewal disputed", "renewal's dispute won"],
    );
    expect(orders).toBe(6 * 5 * 4 * 3 * 2);
    expectOneEnd(ends);
  },
);

test("every order of what makes a debt and what pays it: as much is there, and nothing is owed", async () => {
  const { ends, orders } = await tellEveryOrder("used pack refunded", "pack", "plan", "renewal");
  expect(orders).toBe(4 * 3 * 2);
  const wallets = [...ends.keys()].map((end) => (JSON.parse(end) as End).tables[0]);
  // 1,800 of the pack and twice 100, less the 10 that were used of what was refunded. Which of them has paid depends on
  // what was there first.
  for (const wallet of wallets) expect(wallet).toEqual([{ available: 1_990, held: 0, owed: 0 }]);
});

/** Of a subscription that has changed since, Stripe is asked how it stands: the moment of asking is its state's. */
test("all that Stripe tells of the story, a fifth of it twice, in random orders: one end", async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(shuffledWithDuplicates(), async (deliveries) => {
      const { tell } = teller(desk.payments);
      await own.blank.db.transaction((tx) =>
        rolledBack(tx, async (inner) => {
          for (const { event, id } of deliveries) await tell(inner, event, id);
          ends.add((await endOf(inner)).replaceAll(/"state_at": "[^"]+"/g, '"state_at": "asked"'));
        }),
      );
    }),
    { numRuns: 4, seed: 20_261_121 },
  );
  const [end, ...others] = [...ends].map((each) => JSON.parse(each));
  for (const other of others) expect(other).toEqual(end);
}, 120_000);

/**
 * Without the refund that makes a debt: who pays it is decided by what was there first.
 * Twice is under its own id, as a delivery is repeated, and once more under another one.
 */
function shuffledWithDuplicates() {
  const all = told.filter(({ step }) => step !== "used pack refunded");
  const twice = all.filter((_, index) => index % 5 === 0);
  const deliveries = [
    ...all.map(({ event }) => ({ event, id: event.id })),
    ...twice.map(({ event }) => ({ event, id: event.id })),
    ...twice.map(({ event }) => ({ event, id: `${event.id}_again` })),
  ];
  return fc.shuffledSubarray(deliveries, { minLength: deliveries.length });
}
