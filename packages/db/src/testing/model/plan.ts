import fc from "fast-check";
import type { Cut } from "./fragile-connection.ts";
import { stories } from "./stories.ts";

/** What to do, in words that mean something whatever has happened before: "the second job", not its id. */
export type Step =
  | {
      do: "grant";
      amount: number;
      kind: "pack" | "allowance" | "promo";
      payment: number | null;
      hours: number | null;
      priority: number;
      costBasisCents: number;
    }
  | { do: "submit"; price: number; images: number; quoteOff: number; overageCents: number }
  | { do: "claim" | "cancel" | "reap" | "deadline"; which: number }
  | { do: "redeem"; code: number }
  | ({ do: "end"; which: number; claimFirst: boolean; attemptOff: number; stranger: boolean } & End)
  | { do: "expire" }
  | { do: "reverse"; payment: number; cents: number; toCome: number }
  | { do: "freeze" | "unfreeze"; payment: number }
  | { do: "roll_over"; period: number; cap: number }
  | { do: "take"; which: number | null; amount: number }
  | { do: "again"; which: number; altered: boolean };

type End =
  | { how: "complete" | "settle_unknown"; delivered: number }
  | { how: "reconcile" }
  | {
      how: "fail" | "fail_unknown";
      code: "provider_failed" | "worker_lost" | null;
      retryable: boolean;
    };

export type Call = {
  player: 0 | 1;
  step: Step;
  times: number;
  loss: Loss | null;
  skewHours: number;
};
/** How an answer is lost: nobody listens to it, or the wire breaks. */
type Loss = "unheard" | Cut;
/** Calls that are all in flight at once. */
export type Batch = { waitHours: number; calls: Call[] };
export type Life = { overageLimits: [number | null, number | null]; batches: Batch[] };
type Grant = Extract<Step, { do: "grant" }>;

const one = fc.constantFrom;
const nth = fc.nat({ max: 5 });
const payments = fc.nat({ max: 1 });

const ends: fc.Arbitrary<End> = fc.oneof(
  fc.record({
    how: one("complete" as const, "complete" as const, "settle_unknown" as const),
    delivered: fc.nat({ max: 6 }),
  }),
  fc.record({
    how: one("fail" as const, "fail" as const, "fail_unknown" as const),
    code: one("provider_failed" as const, "worker_lost" as const, null),
    retryable: fc.boolean(),
  }),
  fc.constant({ how: "reconcile" as const }),
);

const grants: fc.Arbitrary<Grant> = fc.record({
  do: one("grant" as const),
  amount: fc.integer({ min: 1, max: 30 }),
  kind: one("pack" as const, "pack" as const, "allowance" as const, "promo" as const),
  payment: one(0, 0, 1, null),
  hours: one(null, 5, 5, 100),
  priority: one(50, 50, 50, 10),
  costBasisCents: one(0, 1_000, 900),
});

const steps: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  { weight: 4, arbitrary: grants },
  {
    weight: 8,
    arbitrary: fc.record({
      do: one("submit" as const),
      price: fc.nat({ max: 2 }),
      images: fc.integer({ min: 1, max: 5 }),
      quoteOff: one(0, 0, 0, 0, 0, 0, 1),
      overageCents: one(0, 0, 5_000, 5_000, 3),
    }),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.record({
          do: one("end" as const),
          which: nth,
          claimFirst: one(true, true, false),
          attemptOff: one(0, 0, 0, 0, -1, 1),
          stranger: one(false, false, false, true),
        }),
        ends,
      )
      .map(([step, end]) => ({ ...step, ...end })),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: one(
        "claim" as const,
        "claim" as const,
        "cancel" as const,
        "cancel" as const,
        "reap" as const,
        "deadline" as const,
      ),
      which: nth,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "expire" }) },
  { weight: 2, arbitrary: fc.record({ do: one("redeem" as const), code: payments }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: one("reverse" as const),
      payment: payments,
      cents: one(0, 250, 333, 1_000, 1_200),
      toCome: one(0, 0, 8, 40),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: one("freeze" as const, "unfreeze" as const), payment: payments }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: one("roll_over" as const), period: payments, cap: one(3, 12, 100) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: one("take" as const),
      which: one(null, 0, 1, 2),
      amount: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: one("again" as const), which: nth, altered: fc.boolean() }),
  },
];

const players = one(0 as const, 0 as const, 0 as const, 1 as const);

const calls: fc.Arbitrary<Call> = fc.record({
  // The first player has more to do, so that calls of one user meet.
  player: players,
  step: fc.oneof(...steps),
  times: one(1, 1, 1, 1, 1, 2, 2, 3),
  loss: fc.oneof(
    { weight: 400, arbitrary: fc.constant(null) },
    { weight: 20, arbitrary: one("unheard" as const) },
    // A connection of its own, and a server process that has to learn everything anew: dear.
    { weight: 3, arbitrary: one("in_request" as const, "after_request" as const) },
  ),
  skewHours: one(0, 0, 0, 0, 0, 1, -1),
});

/** A life begins with some credits, or most of what follows would be refused. */
const firstGrants: fc.Arbitrary<Call> = fc
  .tuple(players, grants)
  .map(([player, step]) => ({ player, step, times: 1, loss: null, skewHours: 0 }));

const limits = one(null, 40, 5_000);

export const lives: fc.Arbitrary<Life> = fc
  .record({
    overageLimits: fc.tuple(limits, limits),
    first: fc.array(firstGrants, { minLength: 1, maxLength: 3 }),
    story: stories,
    batches: fc.array(
      fc.record({
        waitHours: one(0, 0, 0, 1, 6, 52, 80),
        calls: fc.array(calls, { minLength: 1, maxLength: 5, size: "max" }),
      }),
      { minLength: 1, maxLength: 3, size: "max" },
    ),
  })
  .map(({ overageLimits, first, story, batches }) => ({
    overageLimits,
    batches: [...(story.length > 0 ? story : [{ waitHours: 0, calls: first }]), ...batches],
  }));
