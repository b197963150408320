import { cancelFee, priceOf } from "@tintype/core/catalogue";
import type { GenerationSettings } from "@tintype/core/generation";
import type { Quote, QuoteInput } from "@tintype/core/jobs";
import { DomainError } from "@tintype/core/problems";
import { spendableOfUser } from "@tintype/db/credit-functions";
import { listValidPrices } from "../catalogue/catalogue.ts";
import type { ServiceConfig, ServiceContext, UserActor } from "../context.ts";
import { quoteOverage } from "./quote-overage.ts";

/** The price before pressing: exactly what a submit of the same settings will hold. */
export async function quoteJob(
  ctx: ServiceContext<UserActor>,
  { settings }: QuoteInput,
): Promise<Quote> {
  ensureSupported(ctx.config, settings);
  const { kind, modelTier, qualityTier } = settings;
  const prices = await listValidPrices(ctx.db, ctx.now());
  const price = prices.find(
    (row) => row.kind === kind && row.modelTier === modelTier && row.qualityTier === qualityTier,
  );
  if (!price) throw new DomainError({ code: "price_unavailable", kind, modelTier, qualityTier });

  const breakdown = priceOf(settings, price);
  const { credits } = breakdown;
  const spendable = await spendableOfUser(ctx.db, { userId: ctx.actor.userId, now: ctx.now() });
  const { available, excluded } = spendable;
  return {
    priceId: price.id,
    credits,
    breakdown,
    ...{ available, excluded, spendScope: spendable.scope },
    availableAfter: available - credits,
    affordable: available >= credits,
    overage: available >= credits ? null : await quoteOverage(ctx, breakdown, price, spendable),
    cancelFeeCredits: cancelFee(credits, price.cancelFeePercent),
    refundAfterSeconds: ctx.config.deadlineSeconds[kind],
    expiresAt: price.validUntil,
  };
}

/** Refuses what the generator could never deliver, before any credit is held for it. */
export function ensureSupported(config: ServiceConfig, settings: GenerationSettings): void {
  const maximum = config.provider.videoSeconds;
  if (settings.kind === "video" && settings.durationSeconds > maximum) {
    throw new DomainError({
      code: "duration_unsupported",
      requested: settings.durationSeconds,
      maximum,
    });
  }
}
