import { claimJob, completeJob } from "@tintype/db/job-functions";
import { userPreferences } from "@tintype/db/schema";
import { quoteJob } from "../src/jobs/quote-job.ts";
import { submitJob } from "../src/jobs/submit-job.ts";
import { imageRequest } from "../src/testing.ts";
import { saveCard } from "./saved-cards.ts";
import type { Buyer, useStripeDesk } from "./stripe-desk.ts";

/** Whoever goes beyond the wallet at this desk: with a card, a limit of 50 dollars, and more jobs than an hour allows. */
export function overageDesk({ desk, buyer, clock }: ReturnType<typeof useStripeDesk>) {
  async function spender(card = "pm_card_visa"): Promise<Buyer> {
    const ctx = { ...(await buyer()), config: { ...desk.context().config, jobsPerHour: 100 } };
    await saveCard(desk.stripe, ctx, card);
    const { userId } = ctx.actor;
    await ctx.db
      .insert(userPreferences)
      .values({ userId, overageLimitCents: 5_000, updatedAt: clock.now() });
    return ctx;
  }

  /** A delivered image (of `count`), all of it beyond the wallet. @returns what all of them cost in cents */
  async function goBeyond(
    ctx: Buyer,
    tier: "standard" | "pro" = "standard",
    count = 1,
  ): Promise<number> {
    const request = await imageRequest(ctx);
    if (request.settings.kind !== "image") throw new Error("the plainest request is an image");
    const settings = { ...request.settings, modelTier: tier, count };
    const quote = await quoteJob(ctx, { settings });
    const overageCents = quote.overage?.cents ?? 0;
    const { priceId, credits } = quote;
    await submitJob(ctx, { ...request, settings, priceId, credits, overageCents });
    const now = clock.now();
    const job = await claimJob(ctx.db, { workerId: "w", concurrency: 50, leaseSeconds: 15, now });
    if (!job) throw new Error("a job was waiting");
    const { userId, jobId, attempt } = job;
    await completeJob(ctx.db, {
      ...{ userId, jobId, attempt, workerId: "w", deliveredUnits: 1, outputs: [], now },
    });
    return overageCents;
  }
  return { spender, goBeyond };
}
