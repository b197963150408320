import {
  type CreateUploadInput,
  type UploadTicket,
  uploadContentTypes,
  uploadLimits,
} from "@tintype/core/assets";
import { DomainError } from "@tintype/core/problems";
import { reserveUpload } from "@tintype/db/asset-functions";
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
  await reservePlace(ctx, input, key);

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
  ctx: ServiceContext<UserActor>,
  { id, fileName, contentType, byteSize }: CreateUploadInput,
  objectKey: string,
): Promise<void> {
  const limit = uploadLimits.uploadsPerHour;
  const window = { limit, windowSeconds: WINDOW_SECONDS };
  const file = { fileName, contentType, byteSize };
  const { userId } = ctx.actor;
  const now = ctx.now();
  switch (await reserveUpload(ctx.db, { userId, id, objectKey, ...file, ...window, now })) {
    case "reserved":
      return;
    case "upload_id_reused":
      throw new DomainError({ code: "upload_id_reused", assetId: id });
    case "too_many_uploads":
      throw new DomainError({ code: "too_many_uploads", ...window });
  }
}
