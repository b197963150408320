import { creditGrants, paidPeriods, payments, wallets } from "@tintype/db/schema";
import { asAnotherClient } from "@tintype/db/testing";
import { eq, sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { creditsToCome } from "./credits-to-come.ts";
import { grantDueAllowances } from "./grant-due-allowances.ts";

const { clock, letters, parts, userWithCredits, workerContext } = useTestServices();

/** As in a database that sorts by letters; ours in development sorts by code. */
beforeAll(() =>
  parts.database.db.transaction(async (tx) => {
    await tx.execute(sql`set local role none`);
    await tx.execute(
      sql`alter table paid_periods alter column reference type text collate "und-x-icu"`,
    );
  }),
);

/** A paid year of which no month has been granted yet. */
async function userWithDueYear(): Promise<ServiceContext<UserActor>> {
  const ctx = await userWithCredits(0);
  const now = clock.now();
  const owner = { userId: ctx.actor.userId, paidCents: 1_200 };
  await ctx.db.insert(payments).values({
    ...{ ...owner, reference: "pi_1", kind: "plan", currency: "usd" },
    ...{ paidAt: now, updatedAt: now },
  });
  await ctx.db.insert(paidPeriods).values({
    ...{ ...owner, reference: "il_1", subscriptionReference: "sub_1", planCode: "pro" },
    ...{
      paymentReference: "pi_1",
      startsAt: now,
      endsAt: new Date(now.getTime() + 365 * 86_400_000),
    },
    ...{ allowanceCredits: 100, months: 12, nextGrantAt: now, createdAt: now },
  });
  return ctx;
}

test("one broken subscription keeps nobody else waiting, and is not passed over in silence", async () => {
  const users = [await userWithDueYear(), await userWithDueYear(), await userWithDueYear()];
  const broken = users[1];
  if (!broken) throw new Error("three users were made");
  const ofBroken = eq(payments.userId, broken.actor.userId);
  await broken.db.delete(payments).where(ofBroken);
  await expect(grantDueAllowances(workerContext())).rejects.toThrow("users failed");
  const available = await Promise.all(users.map(async (ctx) => (await walletOf(ctx))?.available));
  expect(available).toEqual([100, 0, 100]);
  await broken.db.delete(paidPeriods).where(eq(paidPeriods.userId, broken.actor.userId));
});

test.each([
  [0, 100],
  // Months to come give first.
  [600, 100],
  [1_150, 50],
  [1_200, undefined],
])(
  "of a year of which %d of 1200 cents are refunded, a month's letter tells what stays: %s",
  async (refundedCents, credits) => {
    const ctx = await userWithDueYear();
    const ofUser = eq(payments.userId, ctx.actor.userId);
    const refundAt = refundedCents > 0 ? clock.now() : null;
    await ctx.db.update(payments).set({ refundedCents, refundAt }).where(ofUser);
    await grantDueAllowances(workerContext());
    expect(await walletOf(ctx)).toMatchObject({ available: credits ?? 0 });
    const told = letters.filter(({ userId }) => userId === ctx.actor.userId);
    expect(told).toMatchObject(credits === undefined ? [] : [{ kind: "renewal", credits }]);
  },
);

test("lines that are due at one moment are taken in the order that credits to come are counted in, whatever the database sorts by", async () => {
  const ctx = await userWithDueYear();
  const { userId } = ctx.actor;
  const [line] = await ctx.db.select().from(paidPeriods).where(eq(paidPeriods.userId, userId));
  if (!line) throw new Error("a year was paid");
  const [payment] = await ctx.db.select().from(payments).where(eq(payments.userId, userId));
  if (!payment) throw new Error("it has a payment");
  // By letters "il_a" is before "il_B", by code after it.
  const renamed = eq(paidPeriods.userId, userId);
  await ctx.db.update(paidPeriods).set({ reference: "il_a", allowanceCredits: 300 }).where(renamed);
  await ctx.db.insert(payments).values({ ...payment, reference: "pi_2" });
  const larger = { allowanceCredits: 500, previousAllowanceCredits: 100, changedAt: line.startsAt };
  await ctx.db
    .insert(paidPeriods)
    .values({ ...line, ...larger, reference: "il_B", paymentReference: "pi_2" });
  const toCome = () =>
    ctx.db.transaction((tx) =>
      Promise.all(["pi_1", "pi_2"].map((reference) => creditsToCome(tx, userId, reference))),
    );
  const before = await toCome();
  await grantDueAllowances(workerContext());
  const granted = await ctx.db
    .select({ payment: creditGrants.paymentReference, amount: creditGrants.amount })
    .from(creditGrants)
    .where(eq(creditGrants.userId, userId));
  const came = ["pi_1", "pi_2"].map((reference) =>
    granted.reduce((sum, { payment: of, amount }) => sum + (of === reference ? amount : 0), 0),
  );
  expect(await toCome()).toEqual(before.map((credits, index) => credits - (came[index] ?? 0)));
});

test("a wallet that an event is busy with is left to the next round", async () => {
  const ctx = await userWithDueYear();
  await ctx.db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, ctx.actor.userId)).for("update");
    expect(await asAnotherClient(() => grantDueAllowances(workerContext()))).toBe(0);
  });
  expect(await grantDueAllowances(workerContext())).toBe(1);
  expect(await walletOf(ctx)).toMatchObject({ available: 100 });
});
