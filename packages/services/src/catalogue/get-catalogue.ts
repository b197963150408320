import { uploadLimits } from "@tintype/core/assets";
import type { CatalogueView } from "@tintype/core/catalogue";
import { limits } from "@tintype/core/generation";
import { catalogueState } from "@tintype/db/schema";
import type { Actor, ServiceContext } from "../context.ts";
import { getRewards, listPlansAndPacks, listValidPrices } from "./catalogue.ts";

/** Everything a visitor may know before paying: prices, plans, packs, rewards and limits. */
export async function getCatalogue(ctx: ServiceContext<Actor>): Promise<CatalogueView> {
  const { db, config } = ctx;
  const [state] = await db.select({ name: catalogueState.name }).from(catalogueState);
  if (!state) throw new Error("the catalogue is empty: call ensureCatalogue at start");
  return {
    name: state.name,
    prices: await listValidPrices(db, ctx.now()),
    ...(await listPlansAndPacks(db)),
    rewards: await getRewards(db),
    limits: {
      videoSeconds: Math.min(limits.videoSeconds, config.provider.videoSeconds),
      imagesPerJob: limits.imagesPerJob,
      promptCharacters: limits.promptCharacters,
      jobsPerHour: config.jobsPerHour,
      uploadBytes: uploadLimits.byteSize,
    },
  };
}
