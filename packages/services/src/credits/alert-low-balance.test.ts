import { setPaymentReversed } from "@tintype/db/credit-functions";
import { userPreferences } from "@tintype/db/schema";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { submitJob } from "../jobs/submit-job.ts";
import type { MailMessage } from "../mail/messages.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { alertLowBalance } from "./alert-low-balance.ts";
import { grantCredits } from "./grants.ts";

const { clock, userWithCredits, workerContext } = useTestServices({ maxConnections: 8 });
const letters: MailMessage[] = [];
const mail = {
  enqueue: (_: unknown, message: MailMessage) => {
    letters.push(message);
    return Promise.resolve();
  },
};
const round = () => alertLowBalance({ ...workerContext(), mail });
const toldTo = (ctx: ServiceContext<UserActor>) =>
  letters.filter(({ userId }) => userId === ctx.actor.userId);
const spend = async (ctx: ServiceContext<UserActor>) => submitJob(ctx, await imageRequest(ctx));
const give = (
  ctx: ServiceContext<UserActor>,
  amount: number,
  payment: { paymentReference?: string; costBasisCents?: number } = {},
) =>
  grantCredits(ctx.db, {
    ...payment,
    ...{ userId: ctx.actor.userId, source: "purchase", category: "paid", amount, now: clock.now() },
    ...{ idempotencyKey: crypto.randomUUID(), actor: { actorKind: "system", actorId: "test" } },
  });

test("few credits are told once until the next ones come, and to nobody who has used none", async () => {
  const ctx = await userWithCredits(15);
  const idle = await userWithCredits(3);
  await spend(ctx);
  await round();
  expect(toldTo(ctx), "ten are left").toEqual([]);
  await spend(ctx);
  await Promise.all(Array.from({ length: 4 }, round));
  await round();
  expect(toldTo(ctx)).toMatchObject([{ kind: "low_balance", available: 5, locale: "en" }]);
  await spend(ctx);
  clock.advanceSeconds(23 * 3_600);
  await round();
  expect(toldTo(ctx)).toHaveLength(1);

  clock.advanceSeconds(2 * 3_600);
  await give(ctx, 12);
  await round();
  expect(toldTo(ctx)).toHaveLength(1);
  await spend(ctx);
  await round();
  expect(toldTo(ctx)).toMatchObject([{ available: 5 }, { available: 7 }]);
  expect(toldTo(idle)).toEqual([]);
});

test("whom a refund leaves with few is not asked to buy; who uses up what comes next is", async () => {
  const ctx = await userWithCredits(8);
  await give(ctx, 50, { paymentReference: "pi_low", costBasisCents: 100 });
  await spend(ctx);
  await setPaymentReversed(ctx.db, {
    ...{ userId: ctx.actor.userId, paymentReference: "pi_low", now: clock.now() },
    ...{ actorKind: "system", actorId: "test", reason: "refund", idempotencyKey: "low" },
    ...{ reversedCents: 100, paidCents: 100, creditsToCome: 0 },
  });
  await round();
  expect(toldTo(ctx), "few are left").toEqual([]);
  await give(ctx, 11);
  await spend(ctx);
  await round();
  expect(toldTo(ctx)).toMatchObject([{ available: 9 }]);
});

test("whoever wants no letters gets none, also not later about what was then", async () => {
  const ctx = await userWithCredits(10);
  const { userId } = ctx.actor;
  const silent = { userId, emailNotifications: false, updatedAt: clock.now() };
  await ctx.db.insert(userPreferences).values(silent);
  await spend(ctx);
  await round();
  const loud = { emailNotifications: true };
  await ctx.db.update(userPreferences).set(loud);
  await round();
  expect(toldTo(ctx)).toEqual([]);
});
