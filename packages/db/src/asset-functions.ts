import type { JsonRow } from "./json-rows.ts";
import { sqlFunction } from "./sql-function.ts";

/** A row that waits for its file; one upload of a user after another, so that the limit is exact. */
export const reserveUpload = sqlFunction<
  {
    userId: string;
    id: string;
    objectKey: string;
    fileName: string;
    contentType: string;
    byteSize: number;
    limit: number;
    windowSeconds: number;
    now: Date;
  },
  "reserved" | "upload_id_reused" | "too_many_uploads"
>("reserve_upload", [
  ["userId", "uuid"],
  ["id", "uuid"],
  ["objectKey", "text"],
  ["fileName", "text"],
  ["contentType", "text"],
  ["byteSize", "bigint"],
  ["limit", "integer"],
  ["windowSeconds", "integer"],
  ["now", "timestamptz"],
]);

/** All or none; the rows come as `readAssetRow` reads them. */
export const deleteAssets = sqlFunction<
  { userId: string; ids: readonly string[]; now: Date },
  { inUse: string } | { deleted: JsonRow[] }
>("delete_assets", [
  ["userId", "uuid"],
  ["ids", "uuid[]"],
  ["now", "timestamptz"],
]);
