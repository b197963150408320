import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { applicationRole, connect } from "@tintype/db/client";
import { migrate } from "@tintype/db/migrate";
import { startPostgres } from "@tintype/local-cloud/postgres";
import { ensureCatalogue } from "@tintype/services/catalogue/catalogue";
import postgres from "postgres";

/** Of `bench.fill`: the issued grants, and what a finished job leaves in the ledger. */
const GRANTS = 5;
const ENTRIES_A_JOB = 4;
/** So many users a transaction, so that a large fill can be watched and its log be reused. */
const USERS_A_STEP = 2_000;

export type BenchServer = { url: string; stop: () => Promise<void> };

/** The embedded PostgreSQL as `npm run dev` has it, durability and all, on a folder that goes with it. */
export async function startBenchServer(): Promise<BenchServer> {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-bench-"));
  const running = await startPostgres({ dataDir: path.join(dir, "postgres") });
  return {
    url: running.url,
    stop: async () => {
      await running.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type BenchDatabase = { url: string; users: number; entries: number; priceId: string };

/** A private database with the real tables and functions, the limit's beside them, and users with histories. */
export async function createBenchDatabase(
  serverUrl: string,
  { name, users, jobsPerUser }: { name: string; users: number; jobsPerUser: number },
): Promise<BenchDatabase> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const { db, close } = connect(url.href);
  await ensureCatalogue(db, "studio", new Date("2026-01-01"));
  await close();
  return fill(url.href, users, jobsPerUser);
}

async function fill(url: string, users: number, jobsPerUser: number): Promise<BenchDatabase> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    for (const name of ["limit", "fill", "settle"]) {
      const file = path.join(import.meta.dirname, "sql", `${name}.sql`);
      await client.unsafe(await readFile(file, "utf8")).simple();
    }
    await client.unsafe(`grant usage on schema bench to ${applicationRole}`);
    await client.unsafe(`grant all on all tables in schema bench to ${applicationRole}`);
    await client.unsafe(`grant all on all sequences in schema bench to ${applicationRole}`);
    await client`set session_replication_role = replica`;
    for (let first = 1; first <= users; first += USERS_A_STEP) {
      const last = Math.min(users, first + USERS_A_STEP - 1);
      await client`call bench.fill(${first}, ${last}, ${jobsPerUser}, now())`;
    }
    await client`vacuum analyze`;
    await client`checkpoint`;
    const [price] = await client<{ id: string }[]>`
      select id from prices where kind = 'image' and model_tier = 'standard' and quality_tier = 'standard'`;
    if (!price) throw new Error("the studio catalogue has no standard image");
    const entries = users * (GRANTS + ENTRIES_A_JOB * jobsPerUser);
    return { url, users, entries, priceId: price.id };
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** How many jobs each user needs for about so many ledger entries. */
export const jobsForEntries = (entries: number, users: number): number =>
  Math.max(0, Math.round((entries / users - GRANTS) / ENTRIES_A_JOB));
