import { randomBytes } from "node:crypto";
import { uuidv7 } from "@tintype/core/ids";
import type { StoredOutput } from "@tintype/db/job-functions";
import type { GenerationJobRow } from "@tintype/db/schema";
import type { GeneratedFile } from "@tintype/integrations/generators/generator";
import type { ObjectRef } from "@tintype/integrations/storage/storage";
import type { ServiceContext, SystemActor } from "../context.ts";
import { fromStore } from "./our-trouble.ts";

const extensions: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "video/mp4": "mp4",
};

/** An output never changes: its name carries the attempt, so a browser may keep it as long as it likes. */
const CACHE_CONTROL = "private, max-age=31536000, immutable";

/**
 * Writes the files of a finished attempt under `{user}/{job}/`. They belong to nobody until `complete_job`
 * has named them; an attempt that lost its job deletes them again.
 */
export async function storeOutputs(
  ctx: ServiceContext<SystemActor>,
  job: GenerationJobRow,
  files: readonly GeneratedFile[],
): Promise<StoredOutput[]> {
  return Promise.all(files.map((file, index) => storeOutput(ctx, job, file, index)));
}

async function storeOutput(
  { storage, images, now }: ServiceContext<SystemActor>,
  job: GenerationJobRow,
  file: GeneratedFile,
  index: number,
): Promise<StoredOutput> {
  const folder = `${job.userId}/${job.id}`;
  const name = `${job.attempt}-${index + 1}`;
  const extension = extensions[file.contentType];
  if (!extension) throw new Error(`the generator made an unknown type: ${file.contentType}`);
  const objectKey = `${folder}/${name}.${extension}`;
  const thumbnailKey = `${folder}/${name}-thumbnail.webp`;
  const thumbnail = await images.makeThumbnail(file.poster ?? file.bytes);
  const writes = Promise.all([
    storage.write({
      bucket: "outputs",
      key: objectKey,
      bytes: file.bytes,
      contentType: file.contentType,
      cacheControl: CACHE_CONTROL,
    }),
    storage.write({
      bucket: "outputs",
      key: thumbnailKey,
      bytes: thumbnail.bytes,
      contentType: thumbnail.contentType,
      cacheControl: CACHE_CONTROL,
    }),
  ]);
  await fromStore(writes);
  return {
    id: uuidv7(now().getTime(), randomBytes(10)),
    bucket: "outputs",
    objectKey,
    thumbnailKey,
    contentType: file.contentType,
    byteSize: file.bytes.byteLength,
    width: file.width,
    height: file.height,
    durationMs: file.durationMs ?? null,
    fileName: `tintype-${job.settings.scene}-${job.id.slice(-6)}-${index + 1}.${extension}`,
  };
}

export const objectsOf = (outputs: readonly StoredOutput[]): ObjectRef[] =>
  outputs.flatMap(({ bucket, objectKey, thumbnailKey }) => [
    { bucket, key: objectKey },
    ...(thumbnailKey === null ? [] : [{ bucket, key: thumbnailKey }]),
  ]);
