import { addMonths } from "@tintype/core/periods";
import { overageCharges, userPreferences } from "@tintype/db/schema";
import { eq, sum } from "drizzle-orm";
import { expect, test } from "vitest";
import { useBillingStory } from "../../conformance/billing-story.ts";
import { mailbox } from "../../conformance/saved-cards.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest } from "../testing.ts";
import { alertOverage } from "./alert-overage.ts";

const { clock, tell, customer, workerContext } = useBillingStory();
type Customer = Awaited<ReturnType<typeof customer>>["ctx"];

const setLimit = (ctx: Customer, overageLimitCents: number) =>
  ctx.db
    .update(userPreferences)
    .set({ overageLimitCents })
    .where(eq(userPreferences.userId, ctx.actor.userId));

/** Somebody with an empty wallet who has used half of their limit. */
async function halfway() {
  const { ctx, events } = await customer();
  const { userId } = ctx.actor;
  await ctx.db
    .insert(userPreferences)
    .values({ userId, overageLimitCents: 1_000, updatedAt: clock.now() });
  const use = async () => {
    await submitJob(ctx, { ...(await imageRequest(ctx)), overageCents: 1_000 });
    const [row] = await ctx.db
      .select({ cents: sum(overageCharges.heldCents).mapWith(Number) })
      .from(overageCharges)
      .where(eq(overageCharges.userId, userId));
    return row?.cents ?? 0;
  };
  return { ctx, events, use };
}

test("a limit that is raised while its alert is written makes no letter and stops nobody's", async () => {
  const { ctx, use } = await halfway();
  await setLimit(ctx, 2 * (await use()));
  const { mail, to } = mailbox();
  const worker = workerContext();
  const db = new Proxy(worker.db, {
    get(target, key) {
      if (key !== "transaction") return Reflect.get(target, key);
      return async (work: Parameters<typeof target.transaction>[0]) => {
        await setLimit(ctx, 1_000);
        return target.transaction(work);
      };
    },
  });
  expect(await alertOverage({ ...worker, mail, db })).toBe(0);
  expect(to(ctx)).toEqual([]);
});

test("a plan that ends in the middle of its period opens no second series of alerts", async () => {
  const { ctx, events, use } = await halfway();
  const { mail, to } = mailbox();
  const month = { start: clock.now(), end: addMonths(clock.now(), 1) };
  await tell(events.subscription(clock.now(), month));
  clock.advanceSeconds(3_600);
  await setLimit(ctx, 2 * (await use()));
  await alertOverage({ ...workerContext(), mail });
  expect(to(ctx)).toHaveLength(1);
  clock.advanceSeconds(3_600);
  await tell(events.subscription(clock.now(), month, { status: "cancelled" }));
  await alertOverage({ ...workerContext(), mail });
  expect(to(ctx)).toHaveLength(1);
});
