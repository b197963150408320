import type { AssetView, ListAssetsInput, Page } from "@tintype/core/assets";
import { assets } from "@tintype/db/schema";
import { and, desc, eq, isNull, like, type SQL, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { decodeKeyset, encodeKeyset, toPage } from "../keyset.ts";
import { readAsUser } from "../read-as-user.ts";
import { toAssetView } from "./asset-view.ts";
import { getOwnAsset } from "./find-asset.ts";

/** The user's files that can be shown, newest first. @throws DomainError invalid_input for a bad cursor */
export async function listAssets(
  ctx: ServiceContext<UserActor>,
  { kind, mediaType, cursor, limit }: ListAssetsInput,
): Promise<Page<AssetView>> {
  const rows = await readAsUser(ctx, (tx) =>
    tx
      .select()
      .from(assets)
      .where(
        and(
          eq(assets.userId, ctx.actor.userId),
          // Spelled out, so that a prepared plan knows the partial index that answers this.
          sql`${assets.status} = 'ready'`,
          isNull(assets.deletedAt),
          kind && eq(assets.kind, kind),
          mediaType && like(assets.contentType, `${mediaType}/%`),
          cursor === undefined ? undefined : isBehind(cursor),
        ),
      )
      .orderBy(desc(assets.createdAt), desc(assets.id))
      .limit(limit + 1)
      .prepare("assets_of_user")
      .execute(),
  );
  const views = await Promise.all(rows.slice(0, limit).map((row) => toAssetView(ctx, row)));
  return toPage(rows, limit, encodeKeyset, views);
}

function isBehind(cursor: string): SQL {
  const { createdAt, id } = decodeKeyset(cursor);
  return sql`(${assets.createdAt}, ${assets.id}) < (${createdAt.toISOString()}::timestamptz, ${id}::uuid)`;
}

/** @throws DomainError asset_not_found */
export async function getAsset(
  ctx: ServiceContext<UserActor>,
  { assetId }: { assetId: string },
): Promise<AssetView> {
  return toAssetView(ctx, await getOwnAsset(ctx, assetId));
}
