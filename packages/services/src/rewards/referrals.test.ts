import { randomUUID } from "node:crypto";
import { signUpInput } from "@tintype/core/auth";
import { referralAlphabet } from "@tintype/core/referrals";
import { creditEvents, creditGrants, referrals, users, wallets } from "@tintype/db/schema";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { signUp } from "../auth/sign-up.ts";
import { useTestAuth } from "../auth/testing.ts";
import { grantCredits } from "../credits/grants.ts";
import { applyReferral, lockPaymentWallets, type ReferralPayment } from "./referral-rewards.ts";
import { createReferralCode, getReferrals } from "./referrals.ts";

const { visitor, signedIn, newEmail, parts, clock, userWithCredits } = useTestAuth();
const PASSWORD = "correct horse battery";
const join = (email: string, referralCode?: string) =>
  signUp(visitor(), signUpInput.parse({ email, password: PASSWORD, referralCode }));
const walletBy = async (userId: string) =>
  (await parts.database.db.select().from(wallets).where(eq(wallets.userId, userId)))[0];

/** Somebody with a code, and somebody who came with it. */
async function couple() {
  const { user: referrer } = await join(newEmail());
  const { code } = await createReferralCode(signedIn(referrer.id));
  const { user: referee } = await join(newEmail(), code);
  return { referrer: referrer.id, referee: referee.id, code };
}
/** As billing does: the wallets first, then the payment's own credits, then what hangs on it. */
const tell = (payment: ReferralPayment) =>
  parts.database.db.transaction(async (tx) => {
    await lockPaymentWallets(tx, payment.userId, clock.now());
    await grantCredits(tx, {
      userId: payment.userId,
      source: "purchase",
      category: "paid",
      amount: 100,
      idempotencyKey: `payment:${payment.reference}`,
      paymentReference: payment.reference,
      now: clock.now(),
      actor: { actorKind: "system", actorId: "test" },
    });
    return applyReferral(tx, payment, clock.now());
  });
const paid = (userId: string, reference: string = randomUUID()): ReferralPayment => ({
  userId,
  reference,
  paidCents: 1_000,
  anyStands: true,
});

test("welcome credits come once to a mailbox, however it is written; every account works", async () => {
  const name = randomUUID().replaceAll("-", "");
  const spellings = [
    `${name}@gmail.com`,
    `${name}+again@gmail.com`,
    `${name.slice(0, 4)}.${name.slice(4)}@gmail.com`,
    `${name}@googlemail.com`,
  ];
  const outcomes = await Promise.all(spellings.map((email) => join(email)));

  const available = await Promise.all(outcomes.map(async ({ user }) => walletBy(user.id)));
  expect(available.map((wallet) => wallet?.available).toSorted()).toEqual([0, 0, 0, 10]);
});

test("an account that is made again after it was removed gets no welcome credits again", async () => {
  const email = newEmail();
  const { user } = await join(email);
  const { db } = parts.database;
  await db
    .update(users)
    .set({ email: `removed-${user.id}@removed` })
    .where(eq(users.id, user.id));

  const again = await join(email);
  expect(await walletBy(again.user.id)).toMatchObject({ available: 0, seq: 0 });
});

test("a sign-up that is refused does not use up the welcome", async () => {
  const email = newEmail();
  await expect(join(email, "NOBODYS0")).rejects.toMatchObject({
    problem: { code: "referral_code_unknown" },
  });
  const { code } = await createReferralCode(signedIn((await join(newEmail())).user.id));
  const { user } = await join(email, ` ${code.toLowerCase()} `);
  expect(await walletBy(user.id)).toMatchObject({ available: 10 });
});

test("a code is one for each user, however often it is asked for, and easy to read", async () => {
  const { user } = await join(newEmail());
  const ctx = signedIn(user.id);
  expect(await getReferrals(ctx)).toEqual({ code: null, invited: 0, rewarded: 0, credits: 10 });

  const codes = await Promise.all(Array.from({ length: 8 }, () => createReferralCode(ctx)));
  expect(new Set(codes.map(({ code }) => code)).size).toBe(1);
  expect(codes[0]?.code).toMatch(new RegExp(`^[${referralAlphabet}]{8}$`));
});

test("the first news of a payment is that it was taken back: the reward it earned is held at once", async () => {
  const { referrer, referee } = await couple();
  const before = await walletBy(referrer);
  const payment = paid(referee);
  await tell({ ...payment, anyStands: false });
  expect(await walletBy(referrer)).toMatchObject({ available: before?.available });
  await tell(payment);
  expect(await walletBy(referrer)).toMatchObject({ available: (before?.available ?? 0) + 10 });
});

test("nobody invites themselves, and nobody who has been here comes as a guest", async () => {
  const name = randomUUID().replaceAll("-", "");
  const { user } = await join(`${name}@gmail.com`);
  const { code } = await createReferralCode(signedIn(user.id));
  const problem = { code: "referral_refused" };
  await expect(join(`${name}+friend@gmail.com`, code)).rejects.toMatchObject({ problem });

  const returning = newEmail();
  const { user: before } = await join(returning);
  const gone = { email: `removed-${before.id}@removed` };
  await parts.database.db.update(users).set(gone).where(eq(users.id, before.id));
  await expect(join(returning, code)).rejects.toMatchObject({ problem });
  const rows = await parts.database.db
    .select()
    .from(referrals)
    .where(eq(referrals.referrerId, user.id));
  expect(rows).toEqual([]);
});

test("the first payment rewards the one who invited, once, whatever is told twice or comes after", async () => {
  const { referrer, referee } = await couple();
  const first = paid(referee);
  await Promise.all(Array.from({ length: 6 }, () => tell(first)));
  await tell(paid(referee));

  expect(await walletBy(referrer)).toMatchObject({ available: 20 });
  const rewards = and(eq(creditGrants.userId, referrer), eq(creditGrants.source, "referral"));
  expect(await parts.database.db.select().from(creditGrants).where(rewards)).toMatchObject([
    { amount: 10, category: "promo", paymentReference: first.reference },
  ]);
  expect(await getReferrals(signedIn(referrer))).toMatchObject({ invited: 1, rewarded: 1 });
  const ofReferee = eq(referrals.refereeId, referee);
  expect(await parts.database.db.select().from(referrals).where(ofReferee)).toMatchObject([
    { paymentReference: first.reference },
  ]);
});

test("a payment of nothing earns nothing, nor does one of somebody who came alone", async () => {
  const { referrer, referee } = await couple();
  await tell({ ...paid(referee), paidCents: 0 });
  await tell(paid((await userWithCredits(0)).actor.userId));
  expect(await walletBy(referrer)).toMatchObject({ available: 10 });
});

test("a reward goes with the last payment that stood, and comes back with the next", async () => {
  const { referrer, referee } = await couple();
  const payment = paid(referee);
  await tell(payment);
  await tell({ ...payment, anyStands: false });
  await tell({ ...payment, anyStands: false });
  expect(await walletBy(referrer)).toMatchObject({ available: 10, owed: 0 });
  // Another payment that stands earns it as well as the first one did, once.
  await tell(paid(referee));
  await tell(paid(referee));
  expect(await walletBy(referrer)).toMatchObject({ available: 20 });
});

test("a refund that is told before the payment leaves no reward behind", async () => {
  const { referrer, referee } = await couple();
  const payment = paid(referee);
  await tell({ ...payment, anyStands: false });
  await tell({ ...payment, anyStands: false });
  expect(await walletBy(referrer)).toMatchObject({ available: 10 });
});

test("a chain of people who all pay at once ends without a deadlock", async () => {
  const people: string[] = [(await join(newEmail())).user.id];
  for (let round = 0; round < 6; round++) {
    const { code } = await createReferralCode(signedIn(people.at(-1) ?? ""));
    people.push((await join(newEmail(), code)).user.id);
  }
  const payments = people.map((userId) => paid(userId));
  await Promise.all([...payments, ...payments, ...payments].map((payment) => tell(payment)));

  const balances = await Promise.all(people.map(walletBy));
  // Welcome and the payment's own; everybody but the last has a guest.
  const expected = people.map((_, index) => 110 + (index < 6 ? 10 : 0));
  expect(balances.map((wallet) => wallet?.available)).toEqual(expected);
  const events = await parts.database.db
    .select()
    .from(creditEvents)
    .where(eq(creditEvents.userId, people[0] ?? ""));
  expect(events).toHaveLength(3);
});
