import fc from "fast-check";
import type { Batch, Call, Step } from "./plan.ts";

/**
 * Beginnings that chance alone hardly ever makes: each leads a player to a place where something special can go
 * wrong, and what comes then is left to chance.
 */
type Grant = Extract<Step, { do: "grant" }>;
type End = Extract<Step, { do: "end" }>;

const amounts = fc.integer({ min: 4, max: 12 });

const call = (step: Step, about: Partial<Call> = {}): Call => ({
  ...{ player: 0, step, times: 1, loss: null, skewHours: 0 },
  ...about,
});
const batch = (...calls: Call[]): Batch => ({ waitHours: 0, calls });

const grant = (amount: number, about: Partial<Grant> = {}): Step => ({
  ...{ do: "grant", amount, kind: "pack", payment: 0, hours: null, priority: 50 },
  ...{ costBasisCents: 1_000, ...about },
});
const submit = (images: number, overageCents = 0): Step => ({
  ...{ do: "submit", price: 0, images, quoteOff: 0, overageCents },
});
const end = (how: { how: End["how"] } & Record<string, unknown>): Step =>
  ({
    ...{ do: "end", which: 0, claimFirst: true, attemptOff: 0, stranger: false },
    ...how,
  }) as Step;

/** What was spent is refunded: a debt, beside credits of another payment that could still be spent. */
const debt = amounts.map((left) => [
  batch(call(grant(15, { hours: 5, priority: 10 })), call(grant(left, { payment: 1 }))),
  batch(call(submit(3))),
  batch(call(end({ how: "complete", delivered: 3 }))),
  batch(call({ do: "reverse", payment: 0, cents: 1_000, toCome: 0 })),
  batch(call(submit(1)), call(submit(1))),
]);

/** The same, while the other payment's credits are frozen or held: they pay the debt when they come back. */
const debtPaidLater = fc
  .tuple(amounts, fc.constantFrom("frozen" as const, "held" as const))
  .map(([left, where]) => [
    batch(call(grant(15, { hours: 5, priority: 10 })), call(grant(left + 10, { payment: 1 }))),
    batch(call(submit(3))),
    batch(call(end({ how: "complete", delivered: 3 }))),
    batch(call(where === "held" ? submit(2) : { do: "freeze", payment: 1 })),
    batch(call({ do: "reverse", payment: 0, cents: 1_000, toCome: 0 })),
    batch(
      call(
        where === "held"
          ? end({ how: "fail", code: null, retryable: false })
          : { do: "unfreeze", payment: 1 },
      ),
    ),
    batch(call(submit(1))),
  ]);

/** A job is lost sight of, its credits go back at the deadline, and then the provider delivers. */
const lateDelivery = fc
  .tuple(amounts, fc.nat({ max: 4 }))
  .map(([left, delivered]) => [
    batch(call(grant(20 + left))),
    batch(call(submit(3))),
    batch(call(end({ how: "reconcile" }))),
    batch(call({ do: "deadline", which: 0 })),
    batch(call(end({ how: "settle_unknown", delivered, claimFirst: false }))),
  ]);

/** A hold from many buckets comes back in part. */
const manyBuckets = fc
  .tuple(
    fc.array(fc.tuple(amounts, fc.constantFrom(null, 5, 100)), { minLength: 3, maxLength: 3 }),
    fc.nat({ max: 2 }),
  )
  .map(([buckets, delivered]) => [
    batch(...buckets.map(([amount, hours]) => call(grant(amount, { hours })))),
    batch(call(submit(2)), call(submit(2))),
    batch(
      call(end({ how: "complete", delivered })),
      call(end({ how: "complete", which: 1, delivered: 1 })),
    ),
  ]);

/** Everything of one job ends at the same moment. */
const manyEnds = fc
  .nat({ max: 3 })
  .map((delivered) => [
    batch(call(grant(60))),
    batch(call(submit(2)), call(submit(3)), call(submit(4))),
    batch(...[0, 1, 2].map((which) => call({ do: "claim", which }))),
    batch(
      ...[0, 1, 2].flatMap((which) => [
        call(end({ how: "complete", which, delivered, claimFirst: false })),
        call(end({ how: "fail", which, code: null, retryable: false, claimFirst: false })),
      ]),
    ),
  ]);

/** Both players want the code that is left once, and one of them sends another body with a known key. */
const rush = amounts.map((amount) => [
  batch(
    ...([0, 1] as const).map((player) => call({ do: "redeem", code: 0 }, { player, times: 2 })),
    call(grant(amount)),
  ),
  batch(call(submit(1))),
  batch(...[0, 1, 2].map((which) => call({ do: "again", which, altered: true }))),
]);

/** More at once beyond the wallet than the limit allows. */
const beyond = amounts.map((amount) => [
  batch(call(grant(amount))),
  batch(...Array.from({ length: 4 }, () => call(submit(3, 5_000)))),
]);

/** A dispute opens while a job holds the credits; what comes back must stay frozen. */
const disputed = fc
  .nat({ max: 2 })
  .map((delivered) => [
    batch(call(grant(15))),
    batch(call(submit(3))),
    batch(call({ do: "freeze", payment: 0 })),
    batch(call(end({ how: "complete", delivered })), call(submit(1))),
  ]);

/** More is left of a period than may roll over, and it is told twice. */
const periodEnds = fc
  .tuple(amounts, amounts)
  .map(([first, second]) => [
    batch(...[first, second].map((amount) => call(grant(amount, { kind: "allowance" })))),
    { waitHours: 52, calls: [call({ do: "roll_over", period: 0, cap: 10 }, { times: 2 })] },
    batch(call(grant(5, { kind: "allowance" }))),
  ]);

/** Presents and what was paid for run out together: the presents go first. */
const presents = amounts.map((amount) => [
  batch(
    call(grant(amount, { hours: 100 })),
    call(grant(amount, { hours: 100, kind: "promo" })),
    call(grant(amount, { hours: 100, costBasisCents: 900 })),
  ),
  batch(call(submit(1)), call({ do: "take", which: null, amount: 2 })),
]);

const all = [
  ...[debt, debtPaidLater, lateDelivery, manyBuckets, manyEnds, rush, beyond],
  ...[disputed, periodEnds, presents],
];

export const stories: fc.Arbitrary<Batch[]> = fc.oneof(
  { weight: all.length, arbitrary: fc.constant<Batch[]>([]) },
  ...all.map((arbitrary) => ({ weight: 1, arbitrary })),
);
