import { expect, test } from "vitest";
import { oneLetterAMonth, paymentNews, subscriptionNews } from "./billing-news.ts";
import type { PaymentState } from "./payment-state.ts";
import type { SubscriptionState } from "./subscription-state.ts";

const at = (day: number) => new Date(Date.UTC(2026, 5, day));
const plan: SubscriptionState = {
  ...{ planCode: "small", interval: "month", status: "active", nextPlanCode: null },
  ...{ periodStart: at(1), periodEnd: at(30), stateAt: at(1), cancelAtPeriodEnd: false },
};
const changeOf = (
  before: Partial<SubscriptionState> | undefined,
  after: Partial<SubscriptionState>,
) =>
  subscriptionNews(before && { ...plan, ...before }, { ...plan, ...after }).map(
    ({ change }) => change,
  );

test("a plan that is first heard of has its receipt, whatever its state, and no letter of its own", () => {
  expect(changeOf(undefined, { cancelAtPeriodEnd: true })).toEqual([]);
  expect(changeOf(undefined, { status: "cancelled" })).toEqual([]);
});

test("each change of a plan is told by the one thing that matters most; a new period is none", () => {
  expect(changeOf({}, { periodEnd: at(60), status: "past_due" })).toEqual([]);
  expect(changeOf({}, { planCode: "large", cancelAtPeriodEnd: true })).toEqual(["switched"]);
  expect(changeOf({}, { cancelAtPeriodEnd: true })).toEqual(["end_planned"]);
  expect(changeOf({ cancelAtPeriodEnd: true }, {})).toEqual(["kept"]);
  expect(changeOf({}, { nextPlanCode: "tiny" })).toEqual(["switch_planned"]);
  expect(changeOf({ nextPlanCode: "tiny" }, {})).toEqual(["kept"]);
  expect(changeOf({ nextPlanCode: "tiny" }, { planCode: "tiny" })).toEqual(["switched"]);
  expect(changeOf({}, { status: "paused" })).toEqual(["paused"]);
  expect(changeOf({ status: "paused" }, {})).toEqual(["unpaused"]);
  expect(changeOf({ cancelAtPeriodEnd: true }, { status: "cancelled" })).toEqual(["ended"]);
  expect(changeOf({ status: "cancelled" }, { status: "cancelled" })).toEqual([]);
});

const payment: PaymentState = {
  ...{ kind: "pack", productCode: "b", paidCents: 1_000, paidAt: at(1), refundedCents: 0 },
  ...{ refundAt: null, refundOrderedCents: null, refundOrderedAt: null, disputes: [] },
  refundToldAt: null,
};

test("a refund is told by what is new of it, and so is one that failed; no dispute is told twice", () => {
  const [first, second] = [
    { ...payment, refundedCents: 300 },
    { ...payment, refundedCents: 900 },
  ];
  expect(paymentNews(undefined, first)).toMatchObject([{ refundedCents: 300 }]);
  expect(paymentNews(first, second)).toMatchObject([
    { refundedCents: 600, refundedInAllCents: 900 },
  ]);
  expect(paymentNews(second, first)).toMatchObject([{ kind: "refund_failed", failedCents: 600 }]);
  expect(paymentNews(first, first)).toEqual([]);
  const dispute = { reference: "dp_1", disputedCents: 1_000, stateAt: at(2) } as const;
  const open = { ...payment, disputes: [{ ...dispute, status: "open" }] } as const;
  expect(paymentNews(payment, open)).toMatchObject([{ kind: "dispute_opened" }]);
  expect(paymentNews(open, open)).toEqual([]);
  const lost = { ...open, disputes: [{ ...dispute, status: "lost" }] } as const;
  expect(paymentNews(undefined, lost)).toMatchObject([
    { kind: "dispute_closed", outcome: "lost", isStillDisputed: false },
  ]);
});

test("of two disputes each is told by itself, and the end of one says that the other is still open", () => {
  const first = { reference: "dp_1", disputedCents: 300, stateAt: at(2), status: "open" } as const;
  const second = { ...first, reference: "dp_2", disputedCents: 400 } as const;
  const [one, two] = [
    { ...payment, disputes: [first] },
    { ...payment, disputes: [first, second] },
  ];
  expect(paymentNews(one, two)).toMatchObject([{ kind: "dispute_opened", disputedCents: 400 }]);
  const decided = { ...payment, disputes: [first, { ...second, status: "won" as const }] };
  expect(paymentNews(two, decided)).toMatchObject([
    { kind: "dispute_closed", disputedCents: 400, outcome: "won", isStillDisputed: true },
  ]);
});

test("two lines that pay for one month are one letter, under the plan that runs", () => {
  const month = { kind: "renewal", rolledOverCredits: 5, expiresAt: "2026-07-01" } as const;
  const news = [
    { ...month, planCode: "small", credits: 100 },
    { ...month, planCode: "large", credits: 400, rolledOverCredits: 0 },
  ];
  expect(oneLetterAMonth(news, "large")).toEqual([
    { ...month, planCode: "large", credits: 500, rolledOverCredits: 5 },
  ]);
});
