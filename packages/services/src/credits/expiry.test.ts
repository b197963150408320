import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { useTestServices, walletOf } from "../testing.ts";
import { sweepExpiredCredits } from "./expire-credits.ts";
import { getBalance } from "./get-balance.ts";
import { grantCredits } from "./grants.ts";
import { listHistory } from "./list-history.ts";

const { clock, userWithCredits, workerContext } = useTestServices();
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
