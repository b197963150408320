import { randomUUID } from "node:crypto";
import { signUpInput } from "@tintype/core/auth";
import type { BillingEvent } from "@tintype/core/billing-events";
import { claimJob, completeJob } from "@tintype/db/job-functions";
import { creditEvents, promoCodes, wallets } from "@tintype/db/schema";
import { asc, eq } from "drizzle-orm";
import { expect } from "vitest";
import { createPromoCode } from "../src/admin/promo-codes.ts";
import { signUp } from "../src/auth/sign-up.ts";
import { useTestAuth } from "../src/auth/testing.ts";
import { applyBillingEvent } from "../src/billing/apply-billing-event.ts";
import type { ServiceContext, UserActor } from "../src/context.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { redeemPromoCode } from "../src/rewards/redeem-promo-code.ts";
import { createReferralCode } from "../src/rewards/referrals.ts";
import { testAdmin } from "../src/rewards/testing.ts";
import { imageRequest, walletOf } from "../src/testing.ts";
import { days, later } from "./billing-story.ts";
import { conformanceCase } from "./case.ts";
import { eventsOf } from "./provider-events.ts";

// Credits that are given: once to each person, never beyond the budget, and only as long as their reason stands.
const { visitor, signedIn, newEmail, userWithCredits, contextFor, parts, clock } = useTestAuth();

async function promoCode(budget: number): Promise<string> {
  const code = `SALE-${randomUUID().slice(0, 8).toUpperCase()}`;
  const worth = { credits: 25, creditsExpireDays: 30, endsAt: null, note: "a sale" };
  await createPromoCode(testAdmin(contextFor), { code, budget, ...worth });
  return code;
}
const redeemedOf = async (code: string) => {
  const [row] = await parts.database.db.select().from(promoCodes).where(eq(promoCodes.code, code));
  return row?.redeemed;
};
const outcomesOf = async (redemptions: Promise<unknown>[]) =>
  (await Promise.allSettled(redemptions)).map((each) =>
    each.status === "fulfilled" ? "redeemed" : each.reason?.problem?.code,
  );

conformanceCase(
  "C4",
  "one user redeems a promo code eight times at once: its credits come once",
  "one-api#2399: two requests that redeem one code at the same moment both get its credits",
  async () => {
    const user = await userWithCredits(0);
    const code = await promoCode(100);

    const tries = Array.from({ length: 8 }, () => redeemPromoCode(user, { code }));
    const outcomes = await outcomesOf(tries);

    expect(outcomes.filter((each) => each === "redeemed")).toHaveLength(1);
    expect(await walletOf(user)).toMatchObject({ available: 25, seq: 1 });
    expect(await redeemedOf(code)).toBe(1);
  },
);

conformanceCase(
  "C4",
  "fifty users at once on a budget of ten: exactly ten, and forty are told that it is used up",
  "The-Leetcode-City#162: the uses of a code are read, compared and written back, so the last one is given to everybody",
  async () => {
    const code = await promoCode(10);
    const crowd = await Promise.all(Array.from({ length: 50 }, () => userWithCredits(0)));

    const outcomes = await outcomesOf(crowd.map((user) => redeemPromoCode(user, { code })));

    expect(outcomes.filter((each) => each === "redeemed")).toHaveLength(10);
    expect(outcomes.filter((each) => each === "promo_code_used_up")).toHaveLength(40);
    const given = (await Promise.all(crowd.map(walletOf))).map((wallet) => wallet?.available ?? 0);
    expect(given.reduce((sum, available) => sum + available, 0)).toBe(250);
    expect(await redeemedOf(code)).toBe(10);
  },
);

/** Images for 20 credits, delivered. */
async function spendTwenty(ctx: ServiceContext<UserActor>): Promise<void> {
  const request = await imageRequest(ctx);
  const settings = { ...request.settings, count: 4 };
  await submitJob(ctx, { ...request, settings, credits: 20 });
  const [workerId, now] = ["worker", clock.now()];
  const job = await claimJob(ctx.db, { workerId, concurrency: 2, leaseSeconds: 15, now });
  if (!job) throw new Error("there is no job to claim");
  const { userId, jobId, attempt } = job;
  const fence = { userId, jobId, attempt, workerId };
  await completeJob(ctx.db, { ...fence, deliveredUnits: 4, outputs: [], now });
}

type Invitation = { referrer: ServiceContext<UserActor>; refereeId: string };

/** Somebody with ten welcome credits, and a guest who came with their code. */
async function invitation(): Promise<Invitation> {
  const join = (referralCode?: string) =>
    signUp(
      visitor(),
      signUpInput.parse({ email: newEmail(), password: "correct horse battery", referralCode }),
    );
  const referrer = signedIn((await join()).user.id);
  const { code } = await createReferralCode(referrer);
  return { referrer, refereeId: (await join(code)).user.id };
}
const tell = async (...events: BillingEvent[]) => {
  const { db } = parts.database;
  for (const event of events) {
    await db.transaction((tx) => applyBillingEvent(tx, event, clock.now()));
  }
};
const availableOf = async ({ db, actor }: ServiceContext<UserActor>) => {
  const [wallet] = await db.select().from(wallets).where(eq(wallets.userId, actor.userId));
  return wallet?.available;
};

conformanceCase(
  "R8",
  "the payment that earned a referral reward is refunded: the reward goes too, once, and comes back if the refund fails",
  "opencart#7703: the commission stayed after the order it was paid for had been refunded",
  async () => {
    const { referrer, refereeId } = await invitation();
    const events = eventsOf(refereeId);
    const now = clock.now();
    await tell(events.pack(now), events.pack(now));
    expect(await availableOf(referrer)).toBe(20);

    await tell(events.refund(later(now, 1_000), 400));
    expect(await availableOf(referrer)).toBe(20);
    const full = events.refund(later(now, 2_000), 1_000);
    await tell(full, full, events.refund(later(now, 1_000), 400));
    expect(await availableOf(referrer)).toBe(10);
    await tell(events.refund(later(now, 3_000), 0));
    expect(await availableOf(referrer)).toBe(20);
    const history = await referrer.db
      .select({ kind: creditEvents.kind })
      .from(creditEvents)
      .where(eq(creditEvents.userId, referrer.actor.userId))
      .orderBy(asc(creditEvents.seq));
    expect(history.map(({ kind }) => kind)).toEqual(["grant", "grant", "clawback", "reinstate"]);
  },
);

conformanceCase(
  "R8",
  "the dispute about that payment is lost, or news of its refund come before the payment: no reward is left",
  "rule: rewards that hang on a purchase are reversed with it, in whatever order the news come",
  async () => {
    const [disputed, early] = [await invitation(), await invitation()];
    const now = clock.now();
    const [first, second] = [eventsOf(disputed.refereeId), eventsOf(early.refereeId)];
    await tell(first.pack(now), first.dispute(now), first.closed(later(now, days(30)), "lost"));
    expect(await availableOf(disputed.referrer)).toBe(10);

    await tell(second.refund(later(now, 1_000), 1_000), second.pack(now));
    expect(await availableOf(early.referrer)).toBe(10);
  },
);

conformanceCase(
  "R8",
  "of two payments one is refunded: the reward stays with the other, whichever is told first",
  "rule: events arrive in any order, and the end is the same",
  async () => {
    const now = clock.now();
    for (const order of [0, 1]) {
      const { referrer, refereeId } = await invitation();
      const events = eventsOf(refereeId);
      const refunded = [events.pack(now), events.refund(later(now, 1_000), 1_000)];
      const other = events.invoiceOf(now);
      const stands = events.pack(later(now, 2_000), { payment: other });
      await tell(...(order === 0 ? [...refunded, stands] : [stands, ...refunded]));
      expect(await availableOf(referrer)).toBe(20);
      await tell(events.refund(later(now, 3_000), 1_000, other));
      expect(await availableOf(referrer)).toBe(10);
    }
  },
);

conformanceCase(
  "R8",
  "a spent reward whose payment is refunded becomes a debt of whoever had it, not of the guest",
  "rule: take the unspent first, then debt; nobody owes for what another has had",
  async () => {
    const { referrer, refereeId } = await invitation();
    const events = eventsOf(refereeId);
    const now = clock.now();
    await tell(events.pack(now));
    await spendTwenty(referrer);
    await tell(events.refund(later(now, 1_000), 1_000));
    const { db } = parts.database;
    const rows = await db.select().from(wallets).where(eq(wallets.userId, referrer.actor.userId));
    expect(rows).toMatchObject([{ available: 0, owed: 10 }]);
    const guest = await db.select().from(wallets).where(eq(wallets.userId, refereeId));
    expect(guest).toMatchObject([{ available: 10, owed: 0 }]);
  },
);
