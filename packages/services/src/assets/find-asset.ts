import { DomainError } from "@tintype/core/problems";
import { type AssetRow, assets } from "@tintype/db/schema";
import { and, eq, isNull } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";

/** @throws DomainError asset_not_found, also when it is somebody else's */
export async function getOwnAsset(
  { db, actor }: Pick<ServiceContext<UserActor>, "db" | "actor">,
  assetId: string,
): Promise<AssetRow> {
  const [row] = await db
    .select()
    .from(assets)
    .where(and(eq(assets.userId, actor.userId), eq(assets.id, assetId), isNull(assets.deletedAt)));
  if (!row) throw new DomainError({ code: "asset_not_found", assetId });
  return row;
}
