import {
  type CreateUploadInput,
  type UploadTicket,
  uploadContentTypes,
  uploadLimits,
} from "@tintype/core/assets";
import { DomainError } from "@tintype/core/problems";
import type { Tx } from "@tintype/db/client";
import { type AssetRow, assets } from "@tintype/db/schema";
import { and, count, eq, gt, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { originalKey } from "./object-keys.ts";

const WINDOW_SECONDS = 3_600;
/** Long enough for 10 MB over a poor line, much shorter than the sweep of unconfirmed uploads. */
const TICKET_SECONDS = 15 * 60;

/**
 * A place for one file and a form that may be posted there. The same request again gives a new form for
 * the same place.
 * @throws DomainError upload_type_unsupported | upload_empty | upload_too_large | upload_id_reused |
 *   too_many_uploads
 */
export async function createUpload(
  ctx: ServiceContext<UserActor>,
  input: CreateUploadInput,
): Promise<UploadTicket> {
  ensureAcceptable(input);
  const { userId } = ctx.actor;
  const now = ctx.now();
  const key = originalKey({ userId, id: input.id });
  await ctx.db.transaction((tx) => reservePlace(tx, userId, input, now));

  const post = await ctx.storage.createUploadPost({
    bucket: "uploads",
    key,
    contentType: input.contentType,
    maxBytes: uploadLimits.byteSize,
    expiresSeconds: TICKET_SECONDS,
  });
  const expiresAt = new Date(now.getTime() + TICKET_SECONDS * 1_000);
  return { assetId: input.id, ...post, expiresAt };
}

/** What the browser says is only good for refusing early; the bytes are looked at on confirmation. */
function ensureAcceptable({ contentType, byteSize }: CreateUploadInput): void {
  const limit = uploadLimits.byteSize;
  if (!uploadContentTypes.some((type) => type === contentType)) {
    throw new DomainError({ code: "upload_type_unsupported", contentType });
  }
  if (byteSize === 0) throw new DomainError({ code: "upload_empty" });
  if (byteSize > limit) throw new DomainError({ code: "upload_too_large", byteSize, limit });
}

/** One upload of a user after another, so that the limit per hour is exact. */
async function reservePlace(
  tx: Tx,
  userId: string,
  { id, fileName, contentType, byteSize }: CreateUploadInput,
  now: Date,
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`uploads ${userId}`}, 0))`);
  const [known] = await tx
    .select()
    .from(assets)
    .where(and(eq(assets.userId, userId), eq(assets.id, id)));
  if (known) {
    if (isSameRequest(known, { fileName, contentType, byteSize })) return;
    throw new DomainError({ code: "upload_id_reused", assetId: id });
  }
  const since = new Date(now.getTime() - WINDOW_SECONDS * 1_000);
  const [recent] = await tx
    .select({ uploads: count() })
    .from(assets)
    .where(and(eq(assets.userId, userId), eq(assets.kind, "upload"), gt(assets.createdAt, since)));
  const limit = uploadLimits.uploadsPerHour;
  if (recent && recent.uploads >= limit) {
    throw new DomainError({ code: "too_many_uploads", limit, windowSeconds: WINDOW_SECONDS });
  }
  await tx.insert(assets).values({
    userId,
    id,
    kind: "upload",
    status: "pending",
    bucket: "uploads",
    objectKey: originalKey({ userId, id }),
    contentType,
    byteSize,
    fileName,
    createdAt: now,
  });
}

const isSameRequest = (
  row: AssetRow,
  request: Pick<AssetRow, "fileName" | "contentType" | "byteSize">,
): boolean =>
  row.status === "pending" &&
  row.deletedAt === null &&
  row.fileName === request.fileName &&
  row.contentType === request.contentType &&
  row.byteSize === request.byteSize;
