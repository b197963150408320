import type { BillingEvent } from "@tintype/core/billing-events";
import { addMonths } from "@tintype/core/periods";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bookBillingEvents } from "../src/billing/book-billing-events.ts";
import { createMailQueue } from "../src/mail/mail-queue.ts";
import type { MailMessage } from "../src/mail/messages.ts";
import { updateSettings } from "../src/settings/settings.ts";
import { type Customer, days, later, useBillingStory } from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import type { eventsOf } from "./provider-events.ts";

const { clock, tell, customer, until, letters, parts, workerContext } = useBillingStory();

const lettersTo = (ctx: Customer) => letters.filter(({ userId }) => userId === ctx.actor.userId);
/** The fact a letter is about, in a few words: "receipt 1000", "refund 300 of 900", "plan switched". */
function factOf(message: MailMessage): string {
  switch (message.kind) {
    case "receipt":
      return `receipt ${message.productCode} ${message.paidCents} ${message.paidAt}`;
    case "refund":
      return `refund to ${message.refundedInAllCents}`;
    case "dispute_closed":
      return `dispute ${message.outcome}`;
    case "plan":
      return `plan ${message.change} ${message.planCode}`;
    case "payment_failed":
      return `payment failed ${message.attempts}`;
    case "renewal":
      return `renewal ${message.credits}+${message.rolledOverCredits}`;
    default:
      return message.kind;
  }
}
const factsTo = (ctx: Customer) => lettersTo(ctx).map(factOf);

/** A pack with two refunds, a plan that fails, is paid and grows, and a dispute; days count from `start`. */
function storyOf(events: ReturnType<typeof eventsOf>, start: Date): [number, BillingEvent][] {
  const at = (day: number) => later(start, days(day));
  const [june, july] = [
    { start, end: at(30) },
    { start: at(30), end: at(60) },
  ];
  const unpaid = (attempts: number, day: number): BillingEvent => ({
    type: "payment_failed",
    userId: events.pack(start).userId,
    subscription: "sub_1",
    invoice: {
      reference: "in_july",
      amountDueCents: 1_000,
      attempts,
      nextAttemptAt: at(day + 1),
      payUrl: "https://pay.example/in_july",
    },
    at: at(day),
  });
  return [
    [0, events.pack(at(0))],
    [0, events.period("small", june)],
    [0, events.subscription(at(0), june)],
    [3, events.refund(at(3), 300)],
    [9, events.refund(at(9), 900)],
    [11, events.dispute(at(11), { payment: events.invoiceOf(start) })],
    [20, events.closed(at(20), "won", { payment: events.invoiceOf(start) })],
    [30, events.subscription(at(30), july, { status: "past_due" })],
    [30, unpaid(1, 30)],
    [31, unpaid(2, 31)],
    [32, events.period("small", july)],
    [32, events.subscription(at(32), july)],
    [33, events.upgrade("small", "medium", at(33), july)],
    [33, events.subscription(at(33), july, { planCode: "medium" })],
    [40, events.subscription(at(40), july, { planCode: "medium", cancelAtPeriodEnd: true })],
    [60, events.subscription(at(60), july, { planCode: "medium", status: "cancelled" })],
  ];
}
const factsInOrder = (start: Date) => {
  const paid = (code: string, cents: number, day: number) =>
    `receipt ${code} ${cents} ${later(start, days(day)).toISOString()}`;
  return [
    paid("null", 1_000, 0),
    paid("small", 1_000, 0),
    "refund to 300",
    "refund to 900",
    "dispute_opened",
    "dispute won",
    "payment failed 1",
    "payment failed 2",
    paid("small", 1_000, 30),
    "renewal 100+100",
    paid("medium", 500, 33),
    "plan switched medium",
    "plan end_planned medium",
    "plan ended medium",
  ];
};

conformanceCase(
  "W11",
  "told in order and each time three times, every fact is one letter",
  "rule: a webhook that comes again is no second receipt",
  async () => {
    const { ctx, events } = await customer();
    const start = clock.now();
    for (const [day, event] of storyOf(events, start)) {
      await until(later(start, days(day)));
      await tell(event, event, event);
    }
    expect(factsTo(ctx)).toEqual(factsInOrder(start));
  },
);

conformanceCase(
  "W12",
  "in any order, twice and late: no fact is told twice, none that never was, and every payment has its receipt",
  "rule: what has been overtaken by newer news is not told as news",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          Array.from({ length: 16 }, (_, index) => index),
          { minLength: 16 },
        ),
        fc.boolean(),
        async (order, isLate) => {
          const { ctx, events } = await customer();
          const start = clock.now();
          const story = storyOf(events, start);
          if (isLate) await until(later(start, days(61)));
          for (const index of order) {
            const event = story[index]?.[1];
            if (event) await tell(event, event);
          }
          const facts = factsTo(ctx);
          expect(facts.toSorted(), "nothing twice").toEqual([...new Set(facts)].toSorted());
          const expected = factsInOrder(start);
          const unheard = /^renewal /;
          expect(facts.filter((fact) => !expected.includes(fact) && !unheard.test(fact))).toEqual(
            [],
          );
          const receipts = (all: string[]) => all.filter((fact) => fact.startsWith("receipt "));
          expect(receipts(facts).toSorted()).toEqual(receipts(expected).toSorted());
          expect(facts).toContain("refund to 900");
          expect(facts).toContain("dispute won");
        },
      ),
      { numRuns: 4 },
    );
  },
);

test("an event that is rolled back sends no letter, and one that commits sends it", async () => {
  const { ctx, events } = await customer();
  const { db, url } = parts.database;
  const mail = await createMailQueue({
    databaseUrl: url,
    onError: (error) => {
      throw error;
    },
  });
  const book = (fails: boolean) =>
    db.transaction(async (tx) => {
      await bookBillingEvents({ ...workerContext(), mail }, tx, [events.pack(clock.now())]);
      if (fails) throw new Error("undone");
    });
  const waiting = async () =>
    (await db.execute<{ count: string }>("select count(*) from pgboss.job where name = 'mail'"))[0]
      ?.count;
  await expect(book(true)).rejects.toThrow("undone");
  expect(Number(await waiting())).toBe(0);
  await Promise.all([book(false), book(false), book(false)]);
  expect(Number(await waiting())).toBe(1);
  await mail.close();
  expect(lettersTo(ctx)).toEqual([]);
});

test("who wants no letters gets those about money and no other", async () => {
  const { ctx, events } = await customer();
  await updateSettings(ctx, { emailNotifications: false, timeZone: "Asia/Vladivostok" });
  const start = clock.now();
  const june = { start, end: addMonths(start, 1) };
  const july = { start: june.end, end: addMonths(start, 2) };
  await tell(events.period("small", june));
  await until(july.start);
  await tell(
    events.period("small", july),
    events.refund(clock.now(), 100, events.invoiceOf(start)),
  );
  expect(lettersTo(ctx).map(({ kind }) => kind)).toEqual(["receipt", "receipt", "refund"]);
  expect(lettersTo(ctx)[0]).toMatchObject({ timeZone: "Asia/Vladivostok", credits: 100 });
});

test("a year's plan writes once a month, what has rolled over included; months that are over are no news", async () => {
  const { ctx, events } = await customer();
  const start = clock.now();
  const year = { start, end: addMonths(start, 12) };
  await tell(events.period("small_year", year));
  await tell(events.upgrade("small_year", "large_year", later(start, days(1)), year));
  await until(addMonths(start, 1));
  await until(addMonths(start, 4));
  const renewals = factsTo(ctx).filter((fact) => fact.startsWith("renewal"));
  // The first month grew on its second day: what it gave depends on how many days it has.
  expect(renewals).toEqual([expect.stringMatching(/^renewal 500\+48\d$/), "renewal 500+500"]);
});
