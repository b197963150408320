import fc from "fast-check";
import { expect, test } from "vitest";
import { disputeStatuses } from "./billing.ts";
import { billingEvent, type PaymentFacts } from "./billing-events.ts";
import {
  disputeOf,
  type PaymentState,
  reversedCentsOf,
  takenCentsOf,
  withDispute,
  withFacts,
  withRefund,
} from "./payment-state.ts";
import { isNewerState, type SubscriptionState } from "./subscription-state.ts";

const at = (second: number) => new Date(1_780_000_000_000 + second * 1_000);
const facts: PaymentFacts = {
  reference: "pi_1",
  // What a charge says of an invoice whose contents it does not know.
  kind: "plan",
  productCode: null,
  paidCents: 1_000,
  paidAt: at(0),
};
type Step = (state: PaymentState) => PaymentState;

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record(
      {
        refundedCents: fc.nat({ max: 1_000 }),
        at: fc.constantFrom(-100, 0, 1, 2, 3, 4).map(at),
        orderedAt: fc.constantFrom(1, 2).map(at),
      },
      { requiredKeys: ["refundedCents", "at"] },
    )
    .map((told) => (state: PaymentState) => withRefund(state, told)),
  fc
    .record({
      reference: fc.constantFrom("dp_1", "dp_2", "dp_3"),
      status: fc.constantFrom(...disputeStatuses),
      disputedCents: fc.constantFrom(300, 700),
      stateAt: fc.nat({ max: 4 }).map(at),
    })
    .map((dispute) => (state: PaymentState) => withDispute(state, dispute)),
  fc
    .record({
      productCode: fc.constantFrom("creator", null),
      kind: fc.constantFrom("plan" as const, "overage" as const),
    })
    .map((told) => (state: PaymentState) => withFacts(state, { ...facts, ...told, paidAt: at(1) })),
);
/** A refund of it has been ordered here, and nothing was told of that yet. */
const ordered: PaymentState = {
  ...withFacts(undefined, facts),
  ...{ refundOrderedCents: 500, refundOrderedAt: at(2), refundToldAt: null },
};
const live = (life: readonly Step[], from = withFacts(undefined, facts)) =>
  life.reduce((state, step) => step(state), from);

test("what is known of a payment does not depend on the order, nor on how often it was told", () => {
  fc.assert(
    fc.property(
      fc
        .array(steps, { maxLength: 8 })
        .chain((life) =>
          fc.tuple(
            fc.constant(life),
            fc.shuffledSubarray([...life, ...life], { minLength: 2 * life.length }),
          ),
        ),
      ([life, again]) => {
        expect(live(again)).toEqual(live(life));
        expect(live(again, ordered)).toEqual(live(life, ordered));
        const end = live(life);
        expect(reversedCentsOf(end)).toBeLessThanOrEqual(1_000);
        const isAnyOpen = end.disputes.some(({ status }) => status === "open");
        expect(disputeOf(end) === "open").toBe(isAnyOpen);
      },
    ),
  );
});

test("what was ordered is taken until it is told, or was sent back; with a lost dispute at most what was paid", () => {
  expect(takenCentsOf(ordered)).toBe(500);
  expect(reversedCentsOf(ordered)).toBe(0);
  const other = withRefund(ordered, { refundedCents: 100, at: at(1) });
  expect(takenCentsOf(other)).toBe(500);
  expect(takenCentsOf(withRefund(other, { refundedCents: 600, at: at(2) }))).toBe(600);
  const sentBack = { refundedCents: 0, at: at(3), orderedAt: at(2) };
  expect(takenCentsOf(withRefund(ordered, sentBack))).toBe(0);
  // The provider tells whole seconds: what it has made of the order can seem to be older.
  const told = withRefund(ordered, { refundedCents: 500, at: at(1) });
  expect([takenCentsOf(told), told.refundOrderedCents]).toEqual([500, null]);
  const dispute = { reference: "dp_1", disputedCents: 700, status: "lost" as const };
  expect(takenCentsOf(withDispute(ordered, { ...dispute, stateAt: at(3) }))).toBe(1_000);
});

test("what was ordered is not ended by news of another refund of the payment, however new, nor by a state from before it", () => {
  for (const told of [
    { refundedCents: 300, at: at(9) },
    { refundedCents: 300, at: at(9), orderedAt: at(-1_000) },
    { refundedCents: 500, at: at(9), orderedAt: at(-1_000) },
    { refundedCents: 500, at: at(-59) },
  ]) {
    expect(withRefund(ordered, told).refundOrderedCents).toBe(500);
  }
  // Named, it is told by whatever the provider says of it: two at once can be less than was summed up here.
  const named = { refundedCents: 300, at: at(-1_000), orderedAt: at(2) };
  expect(withRefund(ordered, named).refundOrderedCents).toBeNull();
});

test("only a lost dispute takes; refund and dispute together take at most what was paid", () => {
  const refunded = withRefund(withFacts(undefined, facts), { refundedCents: 400, at: at(1) });
  const dispute = { reference: "dp_1", disputedCents: 1_000, stateAt: at(2) };
  const taken = disputeStatuses.map((status) =>
    reversedCentsOf(withDispute(refunded, { ...dispute, status })),
  );
  expect(taken).toEqual([400, 400, 1_000]);
});

test("disputes of one payment do not hide each other: what is lost adds up, and one open is open", () => {
  const tell = (...told: [reference: string, status: (typeof disputeStatuses)[number]][]) =>
    told.reduce(
      (state, [reference, status], index) =>
        withDispute(state, { reference, status, disputedCents: 300, stateAt: at(index) }),
      withFacts(undefined, facts),
    );
  const openAndWon = tell(["dp_1", "open"], ["dp_2", "open"], ["dp_2", "won"]);
  expect([disputeOf(openAndWon), reversedCentsOf(openAndWon)]).toEqual(["open", 0]);
  const lostAndWon = tell(["dp_1", "lost"], ["dp_2", "won"]);
  expect([disputeOf(lostAndWon), reversedCentsOf(lostAndWon)]).toEqual(["lost", 300]);
  const bothLost = tell(["dp_1", "lost"], ["dp_2", "lost"]);
  expect([disputeOf(bothLost), reversedCentsOf(bothLost)]).toEqual(["lost", 600]);
  const lostAndOpen = tell(["dp_2", "lost"], ["dp_1", "open"]);
  expect([disputeOf(lostAndOpen), reversedCentsOf(lostAndOpen)]).toEqual(["open", 300]);
});

const states: fc.Arbitrary<SubscriptionState> = fc.record({
  planCode: fc.constantFrom("small", "large"),
  interval: fc.constantFrom("month" as const, "year" as const),
  status: fc.constantFrom("active" as const, "past_due" as const, "cancelled" as const),
  periodStart: fc.nat({ max: 1 }).map(at),
  periodEnd: fc.integer({ min: 2, max: 3 }).map(at),
  cancelAtPeriodEnd: fc.boolean(),
  nextPlanCode: fc.constantFrom("small", null),
  stateAt: fc.nat({ max: 2 }).map(at),
});

test("of any two states of a subscription the same one counts, whichever comes first; cancelled is the end", () => {
  fc.assert(
    fc.property(states, states, (a, b) => {
      const either = isNewerState(a, b) ? a : b;
      expect(isNewerState(b, a) ? b : a).toEqual(either);
      if (a.status === "cancelled") expect(either.status).toBe("cancelled");
    }),
    { numRuns: 1_000 },
  );
});

test("an event that makes no sense is refused before it moves a credit", () => {
  const settled = {
    type: "payment_settled",
    userId: "0197a000-0000-7000-8000-000000000000",
    payment: facts,
    credits: 10,
  };
  expect(billingEvent.safeParse(settled).success).toBe(true);
  for (const wrong of [
    { credits: 1.5 },
    { credits: -1 },
    { payment: { ...facts, paidCents: -1 } },
  ]) {
    expect(billingEvent.safeParse({ ...settled, ...wrong }).success).toBe(false);
  }
  const change = {
    ...{ type: "upgrade_paid", userId: settled.userId, line: "il_1", subscription: "sub_1" },
    ...{ planCode: "large", previousPlanCode: "small", lineCents: 1, payment: facts },
    ...{ periodStart: at(10), periodEnd: at(20) },
  };
  expect(billingEvent.safeParse({ ...change, changedAt: at(10) }).success).toBe(true);
  expect(billingEvent.safeParse({ ...change, changedAt: at(20) }).success).toBe(false);
  expect(billingEvent.safeParse({ ...change, changedAt: at(10), periodEnd: at(9) }).success).toBe(
    false,
  );
});
