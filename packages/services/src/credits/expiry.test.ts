import { wallets } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { sweepExpiredCredits } from "./expire-credits.ts";
import { getBalance } from "./get-balance.ts";
import { grantCredits } from "./grants.ts";
import { listHistory } from "./list-history.ts";

const { clock, parts, userWithCredits, workerContext } = useTestServices();
const HOUR = 3_600;

/** Eight credits that run out in an hour, and nothing else. */
async function userWithExpiringCredits(): Promise<ServiceContext<UserActor>> {
  const ctx = await userWithCredits(0);
  const now = clock.now();
  await grantCredits(ctx.db, {
    userId: ctx.actor.userId,
    source: "promo",
    category: "promo",
    amount: 8,
    idempotencyKey: "promo:test",
    now,
    expiresAt: new Date(now.getTime() + HOUR * 1_000),
    actor: { actorKind: "system", actorId: "test" },
  });
  return ctx;
}

const kinds = async (ctx: ServiceContext<UserActor>) =>
  (await listHistory(ctx, { limit: 20 })).items.map(({ kind, change }) => `${kind} ${change}`);

test("the sweep writes expired credits into the history; the balance does not wait for it", async () => {
  const ctx = await userWithExpiringCredits();
  clock.advanceSeconds(HOUR);
  expect(await getBalance(ctx)).toMatchObject({ available: 0 });
  expect(await walletOf(ctx)).toMatchObject({ available: 8 });

  expect(await sweepExpiredCredits(workerContext())).toBe(1);
  expect(await sweepExpiredCredits(workerContext())).toBe(0);
  expect(await walletOf(ctx)).toMatchObject({ available: 0 });
  expect(await kinds(ctx)).toEqual(["expire -8", "grant 8"]);
});

test("a wallet that cannot be swept keeps nobody else's from being swept", async () => {
  const users = await Promise.all(Array.from({ length: 6 }, userWithExpiringCredits));
  const broken = users.map(({ actor }) => actor.userId).toSorted()[0] ?? "";
  const setAvailable = (available: number) =>
    parts.database.db.update(wallets).set({ available }).where(eq(wallets.userId, broken));
  await setAvailable(3);
  clock.advanceSeconds(HOUR);
  await expect(sweepExpiredCredits(workerContext())).rejects.toThrow("1 of 6 users");
  for (const ctx of users.filter(({ actor }) => actor.userId !== broken)) {
    expect(await walletOf(ctx)).toMatchObject({ available: 0 });
  }
  await setAvailable(8);
  expect(await sweepExpiredCredits(workerContext())).toBe(1);
});
