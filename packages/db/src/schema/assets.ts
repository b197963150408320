import { assetKinds, assetStatuses } from "@tintype/core/assets";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "./users.ts";

export const assetKind = pgEnum("asset_kind", assetKinds);
export const assetStatus = pgEnum("asset_status", assetStatuses);
export const buckets = ["uploads", "outputs"] as const;
export const bucket = pgEnum("bucket", buckets);

/** A stored file of a user: an upload (pending until its bytes were looked at) or a job's output. */
export const assets = pgTable(
  "assets",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    id: uuid().notNull(),
    kind: assetKind().notNull(),
    status: assetStatus().notNull(),
    bucket: bucket().notNull(),
    objectKey: text().notNull(),
    thumbnailKey: text(),
    contentType: text().notNull(),
    byteSize: bigint({ mode: "number" }).notNull(),
    width: integer(),
    height: integer(),
    durationMs: integer(),
    fileName: text().notNull(),
    /** For outputs: the job that made it, and its place among the job's outputs. */
    jobId: uuid(),
    position: smallint().notNull().default(0),
    createdAt: timestamp({ withTimezone: true }).notNull(),
    /** Set when the user deletes it; the row stays for receipts, the objects go. */
    deletedAt: timestamp({ withTimezone: true }),
    /** Set when the objects are really gone; until then the sweep tries again. */
    purgedAt: timestamp({ withTimezone: true }),
  },
  (t) => [
    primaryKey({ name: "assets_pkey", columns: [t.userId, t.id] }),
    check("assets_byte_size_not_negative", sql`${t.byteSize} >= 0`),
    index("assets_user_id_created_at")
      .on(t.userId, t.createdAt.desc(), t.id.desc())
      .where(sql`${t.deletedAt} is null and ${t.status} = 'ready'`),
    uniqueIndex("assets_job_output")
      .on(t.userId, t.jobId, t.position)
      .where(sql`${t.jobId} is not null`),
    index("assets_pending_created_at").on(t.createdAt).where(sql`${t.status} = 'pending'`),
    index("assets_to_purge")
      .on(t.deletedAt)
      .where(sql`${t.deletedAt} is not null and ${t.purgedAt} is null`),
  ],
);

export type AssetRow = typeof assets.$inferSelect;
