import { claimJob, completeJob } from "@tintype/db/job-functions";
import { payments, userPreferences } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { customerOf, saveCard, stripeApi } from "../../conformance/saved-cards.ts";
import {
  type Buyer,
  type Delivery,
  eventIn,
  useStripeDesk,
} from "../../conformance/stripe-desk.ts";
import { quoteJob } from "../jobs/quote-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest } from "../testing.ts";
import { billOverage } from "./bill-overage.ts";
import { listInvoices } from "./list-invoices.ts";
import { updateBillingPreferences } from "./preferences.ts";
import { buyTopUps } from "./top-up.ts";

const { desk, clock, buyer, buy, pass, overhear, deliver, letters } = useStripeDesk();
const MONTH = 32 * 86_400;
const PACK = "bundle_30m";
const receiptsTo = ({ actor }: Buyer) =>
  letters.flatMap((letter) =>
    letter.kind === "receipt" && letter.userId === actor.userId ? [letter] : [],
  );

/** Eight delivered pictures, all beyond the wallet: enough for an invoice of its own. */
async function useBeyondTheWallet(ctx: Buyer): Promise<void> {
  const { userId } = ctx.actor;
  const limit = { overageLimitCents: 5_000, updatedAt: clock.now() };
  await ctx.db.insert(userPreferences).values({ userId, ...limit });
  for (let jobs = 0; jobs < 2; jobs += 1) {
    const request = await imageRequest(ctx);
    if (request.settings.kind !== "image") throw new Error("the plainest request is an image");
    const settings = { ...request.settings, count: 4 };
    const { priceId, credits, overage } = await quoteJob(ctx, { settings });
    const overageCents = overage?.cents ?? 0;
    await submitJob(ctx, { ...request, settings, priceId, credits, overageCents });
    const order = { workerId: "w", concurrency: 50, leaseSeconds: 15, now: clock.now() };
    const job = await claimJob(ctx.db, order);
    if (job?.userId !== userId) throw new Error("the job of this user was waiting");
    const done = { userId, jobId: job.jobId, attempt: job.attempt, workerId: "w" };
    const delivered = { deliveredUnits: 4, outputs: [], now: clock.now() };
    await completeJob(ctx.db, { ...done, ...delivered });
  }
}

type Charge = { id: string; payment_intent: string; receipt_url: string };
const chargesOf = async (ctx: Buyer): Promise<Charge[]> => {
  const path = `/v1/charges?customer=${await customerOf(ctx)}&limit=100`;
  return (await stripeApi(desk.stripe)<{ data: Charge[] }>("GET", path)).data;
};

/**
 * Whoever pays for one of everything: overage, a pack, an automatic purchase and a plan; a part of each is refunded, and
 * one payment is disputed. @returns the buyer, and all that Stripe tells of it, which nobody has heard yet
 */
async function payForEverything(): Promise<{ ctx: Buyer; deliveries: Delivery[] }> {
  const ctx = { ...(await buyer()), config: { ...desk.context().config, jobsPerHour: 100 } };
  await saveCard(desk.stripe, ctx);
  await useBeyondTheWallet(ctx);
  const deliveries = await overhear(async () => {
    await pass(MONTH);
    await billOverage(desk.context());
    await buy(ctx, "pack", PACK);
    const topUp = { enabled: true, thresholdCredits: 10, packCode: PACK, monthlyCapCents: 10_000 };
    await updateBillingPreferences(ctx, { topUp });
    await buyTopUps(desk.context());
    await pass(1);
    await buy(ctx, "plan", "creator");
    const charges = await chargesOf(ctx);
    for (const { payment_intent: payment } of charges) {
      const order = { payment, amountCents: 10, note: "a favour", orderedBy: "test" };
      await desk.payments.refund({ ...order, idempotencyKey: `refund:${payment}` });
    }
    desk.stripe.controls.dispute(charges.at(-1)?.payment_intent ?? "", { amount: 20 });
  });
  return { ctx, deliveries };
}

/** Each payment has one receipt, leads to a document from the list, and the letter finds one, too. */
async function expectReceipts(ctx: Buyer): Promise<void> {
  const receipts = receiptsTo(ctx);
  const charges = await chargesOf(ctx);
  const kinds = receipts.map(({ productKind }) => productKind).toSorted();
  expect(kinds).toEqual(["overage", "pack", "plan", "top_up"]);
  const paid = charges.map(({ payment_intent }) => payment_intent).toSorted();
  expect(receipts.map(({ paymentReference }) => paymentReference).toSorted()).toEqual(paid);
  const { items } = await listInvoices(ctx, { limit: 10 });
  expect(items).toHaveLength(receipts.length);
  const urls = new Set(items.map(({ url }) => url));
  for (const { paymentReference, invoiceUrl, paidCents } of receipts) {
    const url = invoiceUrl ?? (await desk.payments.findDocument(paymentReference));
    expect(urls).toContain(url);
    expect(items.find((item) => item.url === url)).toMatchObject({
      ...{ totalCents: paidCents, status: "paid" },
    });
    expect((await fetch(url ?? "")).status).toBe(200);
  }
}

test("whatever is told first, each payment ends with one receipt, and its entry in the list leads to a document", async () => {
  const shuffled = fc.integer({ min: 0, max: 1_000_000 });
  await fc.assert(
    fc.asyncProperty(shuffled, async (seed) => {
      const { ctx, deliveries } = await payForEverything();
      const order = fc.sample(fc.shuffledSubarray(deliveries, { minLength: deliveries.length }), {
        seed,
        numRuns: 1,
      })[0];
      for (const delivery of [...(order ?? []), ...deliveries]) {
        expect(await deliver(delivery)).toBe(200);
      }
      await expectReceipts(ctx);
    }),
    { numRuns: 3 },
  );
}, 60_000);

test("an invoice of overage that is first heard of by its refund or its dispute has its receipt still, once", async () => {
  const { ctx, deliveries } = await payForEverything();
  const byCharge = (type: string) => type.startsWith("charge.") || type.startsWith("refund.");
  const [first, later] = [true, false].map((isFirst) =>
    deliveries.filter((delivery) => byCharge(eventIn(delivery).type) === isFirst),
  );
  for (const delivery of first ?? []) await deliver(delivery);
  expect(receiptsTo(ctx)).toEqual([]);
  const known = await ctx.db.select().from(payments).where(eq(payments.userId, ctx.actor.userId));
  expect(known).toHaveLength(4);
  for (let times = 0; times < 2; times += 1) {
    for (const delivery of later ?? []) await deliver(delivery);
  }
  await expectReceipts(ctx);
});

test("a payment intent that is told first knows no invoice; its letter finds it, and each page of the list has its own receipts", async () => {
  const { ctx, deliveries } = await payForEverything();
  const isIntent = ({ body }: Delivery) => body.includes('"object": "payment_intent"');
  const order = deliveries.toSorted((a, b) => Number(isIntent(b)) - Number(isIntent(a)));
  for (const delivery of order) await deliver(delivery);
  expect(receiptsTo(ctx).filter(({ invoiceUrl }) => invoiceUrl === null)).toHaveLength(2);
  await expectReceipts(ctx);

  const all = (await listInvoices(ctx, { limit: 10 })).items.map(({ id }) => id);
  const paged: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listInvoices(ctx, { limit: 1, ...(cursor ? { cursor } : {}) });
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(paged.toSorted()).toEqual(all.toSorted());
  expect(await desk.payments.findDocument("pi_of_nobody")).toBeNull();
});
