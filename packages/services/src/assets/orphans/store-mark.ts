import { randomUUID } from "node:crypto";
import { installation } from "@tintype/db/schema";
import type { Bucket } from "@tintype/integrations/storage/storage";
import { eq, isNull, lt, or } from "drizzle-orm";
import type { ServiceContext } from "../../context.ts";
import { isMissing } from "../is-missing.ts";

export type MarkContext = Pick<ServiceContext, "db" | "storage" | "now">;

export const buckets: readonly Bucket[] = ["uploads", "outputs"];
export const MARK_KEY = "tintype-installation.json";
const MAX_MARK_BYTES = 4_096;
/** A sweep that has not ended by then has died. */
const LEASE_MS = 2 * 60 * 60_000;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Whether database and buckets belong together; "unmarked" when neither says anything yet. */
export type Agreement = { state: "agreed" | "unmarked" } | { state: "refused"; reason: string };

type Row = typeof installation.$inferSelect;

/** @returns null while another process sweeps */
export async function claimSweep({ db, now }: MarkContext): Promise<Row | null> {
  const at = now();
  await db.insert(installation).values({ id: 1 }).onConflictDoNothing({ target: installation.id });
  const [row] = await db
    .update(installation)
    .set({ sweepingUntil: new Date(at.getTime() + LEASE_MS) })
    .where(or(isNull(installation.sweepingUntil), lt(installation.sweepingUntil, at)))
    .returning();
  return row ?? null;
}

export async function endSweep({ db }: MarkContext): Promise<void> {
  await db.update(installation).set({ sweepingUntil: null }).where(eq(installation.id, 1));
}

/** Compares what database and buckets say of each other; reads only. */
export async function readAgreement(ctx: MarkContext): Promise<Agreement> {
  const [row] = await ctx.db.select().from(installation);
  const known = [row?.storeMark, row?.nextStoreMark].filter((mark) => mark != null);
  let marked = 0;
  for (const bucket of buckets) {
    const found = await readMark(ctx, bucket);
    if (found === null) continue;
    marked++;
    if (known.length === 0)
      return refused(`the ${bucket} bucket belongs to another database: this one has no mark`);
    if (!known.includes(found))
      return refused(
        `the ${bucket} bucket has been swept for another database since this one was last tied to it`,
      );
  }
  if (row?.storeMark == null) return { state: marked === 0 ? "unmarked" : "agreed" };
  if (marked === buckets.length) return { state: "agreed" };
  return refused("this database belongs to a store, and not every bucket here carries its mark");
}

const refused = (reason: string): Agreement => ({ state: "refused", reason });

/**
 * Gives database and buckets a new mark, in an order in which a crash leaves both in agreement. A copy of this database
 * does not know it, so the copy may look but never remove.
 */
export async function renewMark({ db, storage, now }: MarkContext): Promise<void> {
  const mark = randomUUID();
  const markedAt = now();
  const ours = eq(installation.id, 1);
  await db
    .insert(installation)
    .values({ id: 1, nextStoreMark: mark })
    .onConflictDoUpdate({ target: installation.id, set: { nextStoreMark: mark } });
  const bytes = new TextEncoder().encode(
    `${JSON.stringify({ mark, note: "Ties this bucket to its Tintype database. Keep it." })}\n`,
  );
  for (const bucket of buckets) {
    await storage.write({ bucket, key: MARK_KEY, bytes, contentType: "application/json" });
  }
  await db.update(installation).set({ storeMark: mark, nextStoreMark: null, markedAt }).where(ours);
}

async function readMark({ storage }: MarkContext, bucket: Bucket): Promise<string | null> {
  try {
    const bytes = await storage.read({ bucket, key: MARK_KEY, maxBytes: MAX_MARK_BYTES });
    // A mark that cannot be read is one that nobody knows: better than none, which could be given anew.
    return UUID.exec(new TextDecoder().decode(bytes))?.[0] ?? "unreadable";
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
