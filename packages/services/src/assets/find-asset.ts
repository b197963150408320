import { DomainError } from "@tintype/core/problems";
import { type AssetRow, assets } from "@tintype/db/schema";
import { and, eq, isNull } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";

/** @throws DomainError asset_not_found, also when it is somebody else's */
export async function getOwnAsset(
  ctx: Pick<ServiceContext<UserActor>, "db" | "actor">,
  assetId: string,
): Promise<AssetRow> {
  const [row] = await readAsUser(ctx, (tx) =>
    tx
      .select()
      .from(assets)
      .where(
        and(eq(assets.userId, ctx.actor.userId), eq(assets.id, assetId), isNull(assets.deletedAt)),
      )
      .prepare("asset_of_user")
      .execute(),
  );
  if (!row) throw new DomainError({ code: "asset_not_found", assetId });
  return row;
}
