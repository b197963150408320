import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import type { Db } from "../../client.ts";
import { prices, promoCodes } from "../../schema/index.ts";
import { sqlFunction } from "../../sql-function.ts";
import { createTestDatabase, type TestDatabase } from "../../testing.ts";
import type { Seen } from "./explain.ts";
import type { PriceSpec, PromoCode } from "./operation.ts";

export type ModelDatabase = TestDatabase & { prices: PriceSpec[]; prove: Prove };
/** Proves the books of one user; rejects with what is wrong. */
export type Prove = (userId: string) => Promise<void>;

const EPOCH = new Date("2026-01-01T00:00:00Z");

/** Rates at which rounding matters (three units of the second make 6, in floating point 7), and uneven fees. */
const priceList = [
  { modelTier: "standard", milliCreditsPerUnit: 5_000, multiplierPercent: 100, fee: 0 },
  { modelTier: "pro", milliCreditsPerUnit: 1_600, multiplierPercent: 125, fee: 30 },
  { modelTier: "ultra", milliCreditsPerUnit: 1_333, multiplierPercent: 150, fee: 55 },
] as const;

/** @param statements what to change in the product's functions, to see whether it is noticed */
export async function createModelDatabase(
  serverUrl: string,
  statements: readonly string[] = [],
): Promise<ModelDatabase> {
  const database = await createTestDatabase(serverUrl, { maxConnections: 8 });
  const functions = fileURLToPath(new URL("test-functions.sql", import.meta.url));
  const owner = postgres(database.url, { max: 1, onnotice: () => undefined });
  try {
    for (const text of [await readFile(functions, "utf8"), ...statements]) {
      await owner.unsafe(text).simple();
    }
  } finally {
    await owner.end({ timeout: 5 });
  }
  const rows = await database.db
    .insert(prices)
    .values(
      priceList.map(({ fee: cancelFeePercent, ...price }) => ({
        ...{ ...price, cancelFeePercent, kind: "image" as const, unit: "image" as const },
        ...{ qualityTier: "standard" as const, basePriceMicros: 40_000, validFrom: EPOCH },
      })),
    )
    .returning();
  return { ...database, prices: rows, prove: prover(database.db) };
}

export const createPlayer = sqlFunction<
  { userId: string; assetId: string; overageLimitCents: number | null; now: Date },
  null
>("create_player", [
  ["userId", "uuid"],
  ["assetId", "uuid"],
  ["overageLimitCents", "bigint"],
  ["now", "timestamptz"],
]);

/** A life's own codes; their names are not to meet another life's. */
export async function createCodes(db: Db, name: string, now: Date): Promise<PromoCode[]> {
  const codes = [1, 2].map((budget) => ({
    ...{ code: `${name}-${budget}`.toUpperCase(), budget },
    ...{ credits: 5 + budget, expireDays: budget },
  }));
  const columns = { startsAt: EPOCH, createdBy: "model", note: "model", createdAt: now };
  const rows = codes.map(({ expireDays: creditsExpireDays, ...code }) => ({
    ...{ ...code, ...columns, creditsExpireDays },
  }));
  await db.insert(promoCodes).values(rows);
  return codes;
}

export const readLedger = sqlFunction<{ userId: string; after: number }, Seen>("read_ledger", [
  ["userId", "uuid"],
  ["after", "bigint"],
]);

type Waiting = { resolve: () => void; reject: (reason: Error) => void };

/** Proving many users costs little more than proving one, so those who ask at the same time are proved together. */
function prover(db: Db): Prove {
  let waiting = new Map<string, Waiting>();
  let isBusy = false;
  const work = async () => {
    isBusy = true;
    while (waiting.size > 0) {
      const batch = waiting;
      waiting = new Map();
      await proveAll(db, batch);
    }
    isBusy = false;
  };
  return (userId) =>
    new Promise((resolve, reject) => {
      waiting.set(userId, { resolve, reject });
      if (!isBusy) void work();
    });
}

async function proveAll(db: Db, batch: Map<string, Waiting>): Promise<void> {
  try {
    const rows = await db.execute<{ user_id: string; violations: unknown[] }>(sql`
      select (proof).user_id, violations
      from prove_credits(${`{${[...batch.keys()].join(",")}}`}::uuid[], false)
      where violations <> '[]'
    `);
    for (const { user_id, violations } of rows) {
      const reason = new Error(`the books of ${user_id} are broken: ${JSON.stringify(violations)}`);
      batch.get(user_id)?.reject(reason);
    }
    // A promise that was rejected stays so.
    for (const { resolve } of batch.values()) resolve();
  } catch (error) {
    for (const { reject } of batch.values()) reject(error as Error);
  }
}
