import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { overageBills, payments as paymentRows, renewals, subscriptions } from "@tintype/db/schema";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { billOverage } from "../src/billing/bill-overage.ts";
import { cancelPlan, changePlan, previewChange } from "../src/billing/change-plan.ts";
import { getSubscription } from "../src/billing/get-subscription.ts";
import { pausePlan } from "../src/billing/pause-plan.ts";
import { collectRenewals, findLostRenewals } from "../src/billing/renewals.ts";
import { sweepExpiredCredits } from "../src/credits/expire-credits.ts";
import { balanceOf, bucketsOf } from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import { overageDesk } from "./overage-desk.ts";
import { customerOf, stripeApi } from "./saved-cards.ts";
import {
  type Buyer,
  type Delivery,
  eventIn,
  ofType,
  signed,
  useStripeDesk,
} from "./stripe-desk.ts";

// From the end of a paid month to the credits of the next one.

// As at Stripe: a finalisation answers before its own attempt to collect.
const story = useStripeDesk({ maxConnections: 12, settings: { collectSeconds: 60 } });
const { desk, clock, buyer, buy, settled, pass, overhear, deliver, letters } = story;
const { spender, goBeyond } = overageDesk(story);
const HOUR = 3_600;

const api = <T>(method: "GET" | "POST", path: string, form: Record<string, string> = {}) =>
  stripeApi(desk.stripe)<T>(method, path, form);

async function subscriber(plan = "small"): Promise<Buyer> {
  const ctx = await buyer();
  await buy(ctx, "plan", plan);
  await settled();
  return ctx;
}
const planOf = async (ctx: Buyer) => {
  const [row] = await ctx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.userId, ctx.actor.userId));
  if (!row) throw new Error("there is no plan");
  return row;
};
/** To the second in which the paid period is over, and the seconds after it. */
async function passPeriod(ctx: Buyer, seconds = 2): Promise<void> {
  const { periodEnd } = await planOf(ctx);
  await pass(Math.ceil((periodEnd.getTime() - clock.now().getTime()) / 1_000) + seconds);
}
/** What the worker's schedule does every two seconds. */
async function collectNow(payments = desk.payments): Promise<void> {
  await collectRenewals({ ...desk.context(), payments });
  await settled();
}
/** From now on the plan is paid so. */
async function payWith(ctx: Buyer, method: Record<string, string>): Promise<void> {
  const customer = await customerOf(ctx);
  const { id } = await api<{ id: string }>("POST", "/v1/payment_methods", method);
  await api("POST", `/v1/payment_methods/${id}/attach`, { customer });
  const { reference } = await planOf(ctx);
  await api("POST", `/v1/subscriptions/${reference}`, { default_payment_method: id });
  await settled();
}
const card = (number: string) => ({
  ...{ type: "card", "card[number]": number, "card[cvc]": "123" },
  ...{ "card[exp_month]": "12", "card[exp_year]": "2040" },
});
const iban = (number: string) => ({
  type: "sepa_debit",
  "sepa_debit[iban]": number,
  "billing_details[name]": "Ada",
  "billing_details[email]": "ada@example.com",
});
type Invoice = { id: string; status: string; attempt_count: number; amount_paid: number };
const invoicesOf = async (ctx: Buyer): Promise<Invoice[]> => {
  const customer = await customerOf(ctx);
  return (await api<{ data: Invoice[] }>("GET", `/v1/invoices?customer=${customer}`)).data;
};
const newestOf = async (ctx: Buyer): Promise<Invoice> => {
  const [newest] = await invoicesOf(ctx);
  if (!newest) throw new Error("there is no invoice");
  return newest;
};
const orderOf = async (ctx: Buyer) => {
  const rows = await ctx.db.select().from(renewals).where(eq(renewals.userId, ctx.actor.userId));
  return rows.map(({ nextAttemptAt, lastError, attempts }) => ({
    ...{ isDone: nextAttemptAt === null, lastError, attempts },
  }));
};
/** The one delivery of this type that names the plan, or the customer, of a buyer: all of them live in the same months. */
const ofPlan = async (ctx: Buyer, told: Delivery[], type: string) => {
  const { reference } = await planOf(ctx);
  return ofType(
    told.filter(({ body }) => body.includes(reference)),
    type,
  );
};
const ofBuyer = async (ctx: Buyer, told: Delivery[], type: string) => {
  const customer = await customerOf(ctx);
  return ofType(
    told.filter(({ body }) => body.includes(customer)),
    type,
  );
};
async function availableTo(ctx: Buyer): Promise<number | undefined> {
  await sweepExpiredCredits(desk.context());
  return (await balanceOf(ctx))?.available;
}
const kindsTo = ({ actor }: Buyer) =>
  letters.filter(({ userId }) => userId === actor.userId).map(({ kind }) => kind);
const paidOf = (ctx: Buyer) =>
  ctx.db.select().from(paymentRows).where(eq(paymentRows.userId, ctx.actor.userId));

conformanceCase(
  "P10",
  "a renewal is collected when its draft appears: the month's allowance follows the last one within seconds, and overage goes with it",
  "stripe/stripe-java#1613: a renewal's invoice waits as a draft for an hour, and who has nothing but a plan with it",
  async () => {
    const ctx = await spender();
    await buy(ctx, "plan", "small");
    await settled();
    for (let job = 0; job < 18; job += 1) await goBeyond(ctx);
    // Ten credits are left; one job of the next line is beyond them.
    const other = await subscriber();
    await goBeyond(ctx);
    await goBeyond(ctx);
    const cents = await goBeyond(ctx);
    expect(cents).toBeGreaterThan(0);
    await passPeriod(ctx);
    expect(await availableTo(ctx)).toBe(0);
    await collectNow();
    const { periodEnd } = await planOf(ctx);
    expect(await bucketsOf(ctx)).toEqual([`allowance 100 until ${periodEnd.toISOString()}`]);
    expect((await bucketsOf(other)).map((bucket) => bucket.split(" until")[0])).toEqual([
      "rollover 100",
      "allowance 100",
    ]);
    expect(await getSubscription(ctx)).toMatchObject({ isRenewing: false, isPaid: true });
    const [bill] = await ctx.db
      .select()
      .from(overageBills)
      .where(eq(overageBills.userId, ctx.actor.userId));
    const carried = (await paidOf(ctx)).find((row) => row.reference === bill?.paymentReference);
    expect(carried).toMatchObject({ kind: "plan", paidCents: 1_000 + cents });
    // The hour in which the provider would have done it brings nothing more.
    await pass(2 * HOUR);
    await billOverage(desk.context());
    await settled();
    expect(await invoicesOf(ctx)).toHaveLength(2);
    expect(await availableTo(ctx)).toBe(100);
  },
);

/** The provider's API, where something happens just before a call is answered. */
async function providerThrough(before: (path: string) => Promise<void> | void) {
  const { url: upstream, secretKey } = desk.stripe;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      await before(`${request.method} ${request.url}`);
      const body = Buffer.concat(chunks);
      const answer = await fetch(new URL(request.url ?? "/", upstream), {
        method: request.method ?? "GET",
        headers: {
          authorization: String(request.headers.authorization),
          "content-type": String(request.headers["content-type"]),
          "idempotency-key": String(request.headers["idempotency-key"] ?? randomUUID()),
        },
        ...(body.length > 0 && { body }),
      });
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    payments: createStripePayments({
      ...{ apiBase: `http://127.0.0.1:${port}`, secretKey, webhookSecret: "whsec_x" },
    }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

conformanceCase(
  "P11",
  "a renewal is paid once, whoever is faster: the provider's own clock before the finalisation or before the payment, two workers, an event that comes twice or weeks late",
  "twentyhq/twenty#21097, vm0-ai/vm0#32489: a payment that raced the provider's own was an error, though it was paid",
  async () => {
    const races = ["/finalize", "/pay"];
    for (const step of races) {
      const ctx = await subscriber();
      await passPeriod(ctx);
      let isFirst = true;
      const provider = await providerThrough((path) => {
        if (!path.endsWith(step) || !isFirst) return;
        isFirst = false;
        // The provider's hour is over, or a person pays, between our question and our call.
        if (step === "/finalize") {
          clock.advanceSeconds(HOUR + 1);
          desk.stripe.controls.advance(HOUR + 1);
        } else return newestOf(ctx).then(({ id }) => api<void>("POST", `/v1/invoices/${id}/pay`));
      });
      await collectNow(provider.payments);
      provider.close();
      expect(isFirst, step).toBe(false);
      expect(await orderOf(ctx), step).toEqual([{ isDone: true, lastError: null, attempts: 1 }]);
      expect(await newestOf(ctx), step).toMatchObject({ status: "paid", amount_paid: 1_000 });
      expect(await paidOf(ctx), step).toHaveLength(2);
    }

    const ctx = await subscriber();
    const told = await overhear(() => passPeriod(ctx));
    const drafted = await ofPlan(ctx, told, "invoice.created");
    // Before every other event of the renewal, and twice at once.
    expect(await Promise.all([deliver(drafted), deliver(drafted)])).toEqual([200, 200]);
    await Promise.all([collectNow(), collectNow(), collectNow()]);
    for (const each of told) await deliver(each);
    expect(await availableTo(ctx)).toBe(200);
    await pass(20 * 86_400);
    desk.stripe.controls.redeliver(eventIn(drafted).id);
    await settled();
    const again = JSON.stringify({ ...JSON.parse(drafted.body), id: "evt_told_late" });
    expect(await deliver(signed(again))).toBe(200);
    await collectNow();
    expect(await orderOf(ctx)).toEqual([{ isDone: true, lastError: null, attempts: 1 }]);
    expect(await paidOf(ctx)).toHaveLength(2);
    expect(await availableTo(ctx)).toBe(200);
  },
);

conformanceCase(
  "P12",
  "what is not to be collected is not: the invoice of a paused plan, one whose collection was turned off, one that was tried before",
  "twentyhq/twenty#24264: an invoice that was given up was collected all the same",
  async () => {
    const paused = await subscriber();
    await passPeriod(paused, -60);
    // The event says draft; by the time it is worked on the plan is paused.
    const { reference } = await planOf(paused);
    const told = await overhear(() => passPeriod(paused));
    await deliver(await ofPlan(paused, told, "invoice.created"));
    await api("POST", `/v1/subscriptions/${reference}`, { "pause_collection[behavior]": "void" });
    await collectNow();
    expect(await newestOf(paused)).toMatchObject({ status: "draft", amount_paid: 0 });

    const held = await subscriber();
    await passPeriod(held);
    const { id } = await newestOf(held);
    await api("POST", `/v1/invoices/${id}`, { auto_advance: "false" });
    await collectNow();
    expect(await newestOf(held)).toMatchObject({ status: "draft" });
    expect(await orderOf(held)).toMatchObject([{ isDone: true, lastError: null }]);

    const declined = await subscriber();
    await payWith(declined, card("4000000000000341"));
    await passPeriod(declined);
    await collectNow();
    expect(await newestOf(declined)).toMatchObject({ status: "open", attempt_count: 1 });
    expect(await planOf(declined)).toMatchObject({ status: "past_due" });
    expect(await getSubscription(declined)).toMatchObject({
      ...{ isRenewing: false, debit: null, failedPayment: { attempts: 1, isPlan: true } },
    });
    await desk
      .context()
      .db.update(renewals)
      .set({ nextAttemptAt: clock.now() })
      .where(eq(renewals.userId, declined.actor.userId));
    await collectNow();
    expect(await newestOf(declined)).toMatchObject({ status: "open", attempt_count: 1 });
    expect(kindsTo(declined).filter((kind) => kind === "payment_failed")).toHaveLength(1);
    // The provider's own retries go on, with whatever card is there by then.
    await payWith(declined, card("4242424242424242"));
    await pass(4 * 86_400);
    expect(await newestOf(declined)).toMatchObject({ status: "paid" });
    expect(await availableTo(declined)).toBe(200);
  },
);

conformanceCase(
  "P13",
  "a renewal that takes days lends nothing: page and letter say what may be used meanwhile, and the money brings all of it",
  "rule: an unpaid month has no allowance; what was left of the last one waits for the money and rolls over then",
  async () => {
    const ctx = await subscriber();
    await buy(ctx, "pack", "bundle_30m");
    await payWith(ctx, iban("AT611904300234573201"));
    await passPeriod(ctx);
    const told = await overhear(() => collectNow());
    const processing = await ofBuyer(ctx, told, "payment_intent.processing");
    await deliver(processing);
    await deliver(processing);
    expect(await getSubscription(ctx)).toMatchObject({
      ...{ status: "active", isPaid: false, isRenewing: false, failedPayment: null },
      debit: { amountDueCents: 1_000 },
    });
    expect(kindsTo(ctx).filter((kind) => kind === "payment_processing")).toHaveLength(1);
    expect(await availableTo(ctx)).toBe(1_800);
    await pass(60);
    expect(await getSubscription(ctx)).toMatchObject({ debit: null, isPaid: true });
    expect(await availableTo(ctx)).toBe(2_000);
    // Told after the payment it led to, the debit is not under way any more.
    const late = JSON.stringify({ ...JSON.parse(processing.body), id: "evt_debit_late" });
    await deliver(signed(late));
    expect(await getSubscription(ctx)).toMatchObject({ debit: null });

    const refused = await subscriber();
    await payWith(refused, iban("AT861904300235473202"));
    await passPeriod(refused);
    await collectNow();
    await pass(60);
    expect(await getSubscription(refused)).toMatchObject({
      ...{ status: "past_due", debit: null, failedPayment: { amountDueCents: 1_000 } },
    });
    expect(await availableTo(refused)).toBe(0);

    const asked = await subscriber();
    await payWith(asked, card("4000002760003184"));
    await passPeriod(asked);
    await collectNow();
    const { failedPayment } = (await getSubscription(asked)) ?? {};
    expect(failedPayment).toMatchObject({ isPlan: true, amountDueCents: 1_000 });
    expect(failedPayment?.payUrl).toContain((await newestOf(asked)).id);
    expect(await availableTo(asked)).toBe(0);
  },
);

test("an event that was lost costs minutes: the provider is asked for the invoice of a month that is over", async () => {
  const ctx = await subscriber();
  await overhear(() => passPeriod(ctx, 60));
  // Not yet: what is announced takes a moment.
  await findLostRenewals(desk.context());
  expect(await orderOf(ctx)).toEqual([]);
  await overhear(() => pass(120));
  await findLostRenewals(desk.context());
  expect(await orderOf(ctx)).toEqual([{ isDone: false, lastError: null, attempts: 0 }]);
  await collectNow();
  expect(await newestOf(ctx)).toMatchObject({ status: "paid" });
  expect((await bucketsOf(ctx)).map((bucket) => bucket.split(" until")[0])).toEqual([
    "rollover 100",
    "allowance 100",
  ]);
  expect(await findLostRenewals(desk.context())).toBe(0);
  expect(await orderOf(ctx)).toEqual([{ isDone: true, lastError: null, attempts: 1 }]);
});

test("a provider that is away is asked again, and again by another worker; a refusal is written down and keeps no other waiting", async () => {
  const [ctx, other] = [await subscriber(), await subscriber()];
  await passPeriod(ctx);
  const first = await newestOf(ctx);
  const failing = {
    ...desk.payments,
    collectRenewal: (invoice: string) =>
      invoice === first.id
        ? Promise.reject(new Error("the connection was lost"))
        : desk.payments.collectRenewal(invoice),
  };
  await expect(collectNow(failing)).rejects.toThrow(/^1 of \d+ users failed/);
  await settled();
  expect(await orderOf(ctx)).toEqual([
    { isDone: false, lastError: "the connection was lost", attempts: 1 },
  ]);
  expect(await availableTo(other)).toBe(200);
  await pass(31);
  await collectNow();
  expect(await orderOf(ctx)).toEqual([{ isDone: true, lastError: null, attempts: 2 }]);
  expect(await availableTo(ctx)).toBe(200);
});

test("overage that the provider does not take keeps nobody's allowance waiting; it goes on the next invoice", async () => {
  const ctx = await spender();
  await buy(ctx, "plan", "small");
  await settled();
  for (let job = 0; job < 21; job += 1) await goBeyond(ctx);
  await passPeriod(ctx);
  const failing = {
    ...desk.payments,
    billOverage: () => Promise.reject(new Error("no items today")),
  };
  await expect(collectNow(failing)).rejects.toThrow();
  await settled();
  expect(await availableTo(ctx)).toBe(100);
  await pass(31);
  await billOverage(desk.context());
  await passPeriod(ctx);
  await collectNow();
  const [bill] = await ctx.db
    .select()
    .from(overageBills)
    .where(eq(overageBills.userId, ctx.actor.userId));
  expect(bill?.paidAt).not.toBeNull();
});

test("a smaller plan, a year and a plan's end that were planned come with the renewal as they would in its hour", async () => {
  const change = async (ctx: Buyer, planCode: string) => {
    const { previewedAt } = await previewChange(ctx, { planCode });
    await changePlan(ctx, { planCode, previewedAt, requestId: randomUUID() });
    await settled();
  };
  const [smaller, yearly, ending, pausing] = [
    await subscriber("medium"),
    await subscriber(),
    await subscriber(),
    await subscriber(),
  ];
  await change(smaller, "small");
  await change(yearly, "large_year");
  await cancelPlan(ending);
  await pausePlan(pausing, { requestId: randomUUID() });
  await passPeriod(smaller, 10);
  await collectNow();
  // Rolls over as the smaller plan allows.
  expect(await availableTo(smaller)).toBe(200);
  expect(await availableTo(yearly)).toBe(600);
  expect(await availableTo(ending)).toBe(0);
  expect(await availableTo(pausing)).toBe(0);
  expect(await orderOf(ending)).toEqual([]);
  expect((await invoicesOf(pausing)).map(({ status }) => status)).not.toContain("open");
  for (const ctx of [smaller, yearly]) expect((await newestOf(ctx)).status).toBe("paid");
});
