import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { getReceipt } from "../jobs/get-receipt.ts";
import { runNextJob } from "../jobs/run-next-job.ts";
import { useTestServices } from "../testing.ts";
import { grantCredits } from "./grants.ts";
import { listHistory } from "./list-history.ts";
import { delivers, orderPictures } from "./testing.ts";

const { userWithCredits, workerContext } = useTestServices();
const summary = async (ctx: ServiceContext<UserActor>) =>
  (await listHistory(ctx, { limit: 25 })).items.map(({ kind, change, unheld, spent }) => ({
    kind,
    change,
    unheld,
    spent,
  }));

test("a line about a spent hold says how much of what was held it spent, and what came back", async () => {
  const ctx = await userWithCredits(20);
  const jobId = await orderPictures(ctx, 2);
  await runNextJob(workerContext(), delivers(1));
  expect(await summary(ctx)).toEqual([
    { kind: "capture", change: 5, unheld: 10, spent: 5 },
    { kind: "hold", change: -10, unheld: 0, spent: 0 },
    { kind: "grant", change: 20, unheld: 0, spent: 0 },
  ]);
  const { events } = await getReceipt(ctx, { jobId });
  expect(events.map(({ spent }) => spent)).toEqual([0, 5]);
});

test("a hold that several grants paid is counted whole, and pages of one line meet without a gap", async () => {
  const ctx = await userWithCredits(6);
  await grantCredits(ctx.db, {
    userId: ctx.actor.userId,
    source: "promo",
    category: "promo",
    amount: 6,
    idempotencyKey: "promo:test",
    now: ctx.now(),
    actor: { actorKind: "system", actorId: "test" },
  });
  await orderPictures(ctx, 2);
  await runNextJob(workerContext(), delivers(2));
  const seen: [kind: string, spent: number][] = [];
  for (let cursor: string | undefined, page = 0; page < 5; page++) {
    const { items, nextCursor } = await listHistory(ctx, { limit: 1, ...(cursor && { cursor }) });
    for (const { kind, spent } of items) seen.push([kind, spent]);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  expect(seen).toEqual([
    ["capture", 10],
    ["hold", 0],
    ["grant", 0],
    ["grant", 0],
  ]);
});
