import { createHash } from "node:crypto";
import type { SubmitJobInput } from "@tintype/core/jobs";
import type { Db, Tx } from "@tintype/db/client";
import {
  assets,
  creditEntries,
  creditEvents,
  creditGrants,
  generationJobs,
  jobEvents,
  jobLanes,
  prices,
  wallets,
} from "@tintype/db/schema";
import { and, count, eq, gt, isNull, sql } from "drizzle-orm";
import { allocate, type Grant } from "./allocate.ts";

const WINDOW_MS = 3_600_000;
const DEADLINE_MS = 15 * 60_000;

/**
 * The same work as `submit_job`, as it is usually written: one Drizzle transaction, statement by statement. It is
 * correct, because it locks the wallet first, and it leaves the same rows; only where the work is done differs.
 */
export async function naiveSubmit(
  db: Db,
  { userId, input, jobsPerHour }: { userId: string; input: SubmitJobInput; jobsPerHour: number },
) {
  const now = new Date();
  return db.transaction(async (tx) => {
    const [wallet] = await tx
      .select()
      .from(wallets)
      .where(eq(wallets.userId, userId))
      .for("update");
    if (!wallet || wallet.owed > 0) throw new Error("no wallet to hold from");
    const [known] = await tx
      .select()
      .from(generationJobs)
      .where(and(eq(generationJobs.userId, userId), eq(generationJobs.id, input.id)));
    if (known) return known;
    await ensureBelowLimit(tx, userId, now, jobsPerHour);
    await ensureReady(tx, userId, input.inputAssetId);
    const price = await findPrice(tx, input);
    const holdSeq = await hold(tx, { userId, jobId: input.id, amount: input.credits, now, wallet });
    return insertJob(tx, { userId, input, price, holdSeq, now });
  });
}

async function ensureBelowLimit(tx: Tx, userId: string, now: Date, jobsPerHour: number) {
  const since = new Date(now.getTime() - WINDOW_MS);
  const [recent] = await tx
    .select({ jobs: count() })
    .from(generationJobs)
    .where(and(eq(generationJobs.userId, userId), gt(generationJobs.createdAt, since)));
  if (recent && recent.jobs >= jobsPerHour) throw new Error("too many jobs");
}

async function ensureReady(tx: Tx, userId: string, assetId: string) {
  const [asset] = await tx
    .select()
    .from(assets)
    .where(and(eq(assets.userId, userId), eq(assets.id, assetId), isNull(assets.deletedAt)))
    .for("share");
  if (asset?.status !== "ready") throw new Error("no such asset");
}

async function findPrice(tx: Tx, { priceId, settings, credits }: SubmitJobInput) {
  const [price] = await tx.select().from(prices).where(eq(prices.id, priceId));
  if (!price || settings.kind !== "image") throw new Error("no such price");
  const units = settings.count;
  const due = Math.ceil((units * price.milliCreditsPerUnit * price.multiplierPercent) / 100_000);
  if (due !== credits) throw new Error("the price has changed");
  return { ...price, units };
}

type Hold = {
  userId: string;
  jobId: string;
  amount: number;
  now: Date;
  wallet: typeof wallets.$inferSelect;
};

async function hold(tx: Tx, { userId, jobId, amount, now, wallet }: Hold): Promise<number> {
  const grants: Grant[] = await tx
    .select()
    .from(creditGrants)
    .where(and(eq(creditGrants.userId, userId), gt(creditGrants.available, 0)));
  const slices = allocate(grants, amount, now);
  const seq = wallet.seq + 1;
  const after = { available: wallet.available - amount, held: wallet.held + amount };
  await tx
    .update(wallets)
    .set({ ...after, seq, updatedAt: now })
    .where(eq(wallets.userId, userId));
  await tx.insert(creditEvents).values({
    userId,
    seq,
    kind: "hold",
    idempotencyKey: `hold:${jobId}`,
    jobId,
    actorKind: "user",
    actorId: userId,
    availableChange: -amount,
    availableAfter: after.available,
    heldAfter: after.held,
    owedAfter: wallet.owed,
    createdAt: now,
  });
  for (const [index, slice] of slices.entries()) {
    await tx
      .update(creditGrants)
      .set({
        available: sql`${creditGrants.available} - ${slice.amount}`,
        held: sql`${creditGrants.held} + ${slice.amount}`,
      })
      .where(and(eq(creditGrants.userId, userId), eq(creditGrants.id, slice.grantId)));
    await tx.insert(creditEntries).values({
      userId,
      eventSeq: seq,
      line: index + 1,
      grantId: slice.grantId,
      amount: slice.amount,
      fromAccount: "available",
      toAccount: "held",
    });
  }
  return seq;
}

type NewJob = {
  userId: string;
  input: SubmitJobInput;
  price: Awaited<ReturnType<typeof findPrice>>;
  holdSeq: number;
  now: Date;
};

async function insertJob(tx: Tx, { userId, input, price, holdSeq, now }: NewJob) {
  const { id, ...request } = input;
  const [job] = await tx
    .insert(generationJobs)
    .values({
      userId,
      id,
      kind: input.settings.kind,
      status: "queued",
      settings: input.settings,
      requestHash: createHash("sha256").update(JSON.stringify(request)).digest("hex"),
      inputAssetId: input.inputAssetId,
      provider: "local",
      priceId: price.id,
      unit: price.unit,
      units: price.units,
      milliCreditsPerUnit: price.milliCreditsPerUnit,
      multiplierPercent: price.multiplierPercent,
      cancelFeePercent: price.cancelFeePercent,
      credits: input.credits,
      holdSeq,
      maxAttempts: 3,
      availableAt: now,
      createdAt: now,
      deadlineAt: new Date(now.getTime() + DEADLINE_MS),
    })
    .returning();
  if (!job) throw new Error("the job was not inserted");
  await tx
    .insert(jobEvents)
    .values({ userId, jobId: id, seq: 1, kind: "queued", attempt: 0, createdAt: now });
  await tx
    .insert(jobLanes)
    .values({ userId, nextDueAt: now, lastClaimedAt: now })
    .onConflictDoUpdate({
      target: jobLanes.userId,
      set: { nextDueAt: sql`least(${jobLanes.nextDueAt}, excluded.next_due_at)` },
    });
  return job;
}
