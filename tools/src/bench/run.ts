import { contestants, sqlTool } from "./contestants.ts";
import { createBenchDatabase, jobsForEntries } from "./database.ts";
import { type HotTimes, measureHotQueries } from "./growth.ts";
import type { BenchOptions } from "./options.ts";
import { measureProofs, type ProofTimes } from "./proof.ts";
import { runRounds } from "./rounds.ts";
import { startNaiveServer, startOurServer } from "./servers.ts";
import { growthLine, type Line, linesOf, timeLine } from "./table.ts";
import { webhookEnvironment } from "./webhooks.ts";

const MILLION = 1_000_000;
const FULL_PROOF_MS = 300;
/** At ten million entries. */
const LARGE_PROOF_MS = 1_000;
const GROWTH = 2;
/** A planner that finds tables empty reads them whole, and keeps doing so while they grow until they are analysed. */
const SOME_JOBS = 3;
/** Growth is more users and longer histories. */
const USERS_AT_A_MILLION = 10_000;

type Say = (line: string) => void;

/** Everything side by side: what the issue calls the benchmark. */
export async function runComparison(
  serverUrl: string,
  options: BenchOptions,
  say: Say,
): Promise<Line[]> {
  const { users, clients, only } = options;
  const proofs = only === null ? await runProofs(serverUrl, say) : [];
  say(`${users} users with wallets of five grants; SQL by ${sqlTool}`);
  const database = await createBenchDatabase(serverUrl, {
    name: "bench",
    users,
    jobsPerUser: SOME_JOBS,
  });
  const ours = await startOurServer(database.url, webhookEnvironment);
  const naive = await startNaiveServer(database.url);
  try {
    const field = { database, clients, ours: ours.url, naive: naive.url };
    const chosen = contestants(field).filter(({ name }) => name.includes(only ?? ""));
    const samples = await runRounds(chosen, options, (name, round, { perSecond }) =>
      say(`  round ${round}: ${name} ${perSecond.toFixed(0)}/s`),
    );
    return [...linesOf(samples), ...proofs];
  } finally {
    await Promise.all([ours.stop(), naive.stop()]);
  }
}

async function runProofs(serverUrl: string, say: Say): Promise<Line[]> {
  const { fullMs, incrementalMs } = (await measureBooks(serverUrl, MILLION, say)).proofs;
  return [
    timeLine("proof of 1M entries", fullMs, FULL_PROOF_MS),
    timeLine("proof of 1k new events on 1M", incrementalMs, null),
  ];
}

/** The hot queries on a million ledger entries, and on as many as asked for. */
export async function runGrowth(serverUrl: string, rows: number, say: Say): Promise<Line[]> {
  const small = await measureBooks(serverUrl, Math.min(MILLION, rows), say);
  const large = rows > MILLION ? await measureBooks(serverUrl, rows, say) : small;
  const title = `${rows / MILLION}M entries`;
  const hot = (Object.keys(small.hot) as (keyof HotTimes)[]).map((name) =>
    growthLine(`${name} at ${title}`, small.hot[name], large.hot[name], GROWTH),
  );
  const { fullMs, incrementalMs } = large.proofs;
  return [
    ...hot,
    timeLine(`proof of ${title}`, fullMs, rows > MILLION ? LARGE_PROOF_MS : FULL_PROOF_MS),
    growthLine(
      `proof of 1k new events on ${title}`,
      small.proofs.incrementalMs,
      incrementalMs,
      GROWTH,
    ),
  ];
}

async function measureBooks(
  serverUrl: string,
  rows: number,
  say: Say,
): Promise<{ hot: HotTimes; proofs: ProofTimes }> {
  const users = Math.round(USERS_AT_A_MILLION * Math.max(1, Math.sqrt(rows / MILLION)));
  const jobsPerUser = jobsForEntries(rows, users);
  say(`filling about ${rows} ledger entries of ${users} users`);
  const name = `books_${rows}`;
  const database = await createBenchDatabase(serverUrl, { name, users, jobsPerUser });
  say(`  measuring at ${database.entries} entries`);
  const proofs = await measureProofs(database);
  return { proofs, hot: await measureHotQueries(database) };
}
