import { applicationRole, connect, type Db } from "@tintype/db/client";
import { submitJob } from "@tintype/db/job-functions";
import postgres from "postgres";
import { keepAsking } from "./clients.ts";
import type { BenchDatabase } from "./database.ts";
import { runHttp } from "./http-client.ts";
import { hasPgbench, runPgbench, runPreparedClient } from "./pgbench.ts";
import { anyOf, CREDITS, newRequest, queryRequest, submitRequest, userId } from "./requests.ts";
import type { Contestant } from "./rounds.ts";
import { submitCall } from "./submit-call.ts";
import {
  delivery,
  inboxStatement,
  paidCheckout,
  runToldAgain,
  WEBHOOK_CONNECTIONS,
} from "./webhooks.ts";

type Field = { database: BenchDatabase; clients: number; ours: string; naive: string };

export const sqlTool = hasPgbench() ? "pgbench -M prepared" : "postgres.js, prepared";
const runSql = hasPgbench() ? runPgbench : runPreparedClient;

const DEADLINE_MS = 15 * 60_000;
/** No round may run out of jobs to settle. */
const SETTLED_A_SECOND = 8_000;
const HISTORY_PAGE = { limit: 24 };

/** `one`: everybody is the same user. */
const limitStatement = (one = false) =>
  `select bench.smallest_hold(bench.user_id(${one ? "1 + 0 * :n" : ":n"}), uuidv7(), ${CREDITS})`;

/** The hot user could not make thousands of jobs an hour, so the check of that window finds none of theirs. */
export const submitStatement = (priceId: string, one = false) =>
  `select ${one ? submitCall("1 + 0 * :n", priceId, 0) : submitCall(":n", priceId, 3_600)}`;

export const names = {
  limit: "limit: smallest hold",
  hold: "submit_job, in SQL",
  node: "submit_job, from Node",
  http: "jobs.submit over HTTP",
  naive: "naive stack over HTTP",
  hotLimit: "hot user: limit",
  hotHold: "hot user: submit_job",
  settle: "complete_job, in SQL",
  balance: "credits.balance over HTTP",
  history: "credits.history over HTTP",
  inbox: "webhook limit: bare inbox insert",
  webhook: "webhook of a paid pack, over HTTP",
  webhookAgain: "the same webhooks again, over HTTP",
} as const;

export function contestants({ database, clients, ours, naive }: Field): Contestant[] {
  const { url, users, priceId } = database;
  const sql = (statement: string, seconds: number) =>
    runSql({ databaseUrl: url, statement, users, clients, seconds, role: applicationRole });
  const http = (server: string, seconds: number, next: () => ReturnType<typeof queryRequest>) =>
    runHttp({ url: server, clients, seconds }, next);
  const submit = () => submitRequest(anyOf(users), priceId);
  return [
    { name: names.limit, run: (seconds) => sql(limitStatement(), seconds) },
    { name: names.hold, run: (seconds) => sql(submitStatement(priceId), seconds) },
    { name: names.node, run: (seconds) => fromNode(database, clients, seconds) },
    { name: names.http, run: (seconds) => http(ours, seconds, submit) },
    { name: names.naive, run: (seconds) => http(naive, seconds, submit) },
    { name: names.hotLimit, run: (seconds) => sql(limitStatement(true), seconds) },
    { name: names.hotHold, run: (seconds) => sql(submitStatement(priceId, true), seconds) },
    {
      name: names.settle,
      run: async (seconds) => {
        await prepareSettling(url, seconds * SETTLED_A_SECOND);
        return sql("select bench.settle_next() from (select :n) n", seconds);
      },
    },
    {
      name: names.balance,
      run: (seconds) => http(ours, seconds, () => queryRequest(anyOf(users), "credits.balance")),
    },
    {
      name: names.history,
      run: (seconds) =>
        http(ours, seconds, () => queryRequest(anyOf(users), "credits.history", HISTORY_PAGE)),
    },
    ...webhookContestants(database, ours),
  ];
}

function webhookContestants({ url: databaseUrl, users }: BenchDatabase, url: string): Contestant[] {
  const clients = WEBHOOK_CONNECTIONS;
  const paid = () => paidCheckout(anyOf(users));
  const sql = { databaseUrl, users, clients, role: applicationRole };
  return [
    {
      name: names.inbox,
      run: (seconds) => runSql({ ...sql, seconds, statement: inboxStatement(paid()) }),
    },
    {
      name: names.webhook,
      run: (seconds) => runHttp({ url, clients, seconds }, () => delivery(paid())),
    },
    { name: names.webhookAgain, run: (seconds) => runToldAgain({ url, clients, seconds }, paid) },
  ];
}

/** Our own wrapper and pool, as the server has them, without a server around it. */
async function fromNode(database: BenchDatabase, clients: number, seconds: number) {
  const { db, close } = connect(database.url);
  try {
    await Promise.all(Array.from({ length: clients }, () => submitOne(db, database)));
    return await keepAsking({ clients, seconds }, () => submitOne(db, database));
  } finally {
    await close();
  }
}

export async function submitOne(db: Db, { users, priceId }: BenchDatabase): Promise<void> {
  const n = anyOf(users);
  const { id, inputAssetId, settings, credits } = newRequest(n, priceId);
  const now = new Date();
  const { outcome } = await submitJob(db, {
    userId: userId(n),
    jobId: id,
    kind: "image",
    settings,
    requestHash: "bench",
    inputAssetId,
    provider: "local",
    priceId,
    quotedCredits: credits,
    seconds: 0,
    images: 1,
    modelTier: "standard",
    qualityTier: "standard",
    maxAttempts: 3,
    deadlineAt: new Date(now.getTime() + DEADLINE_MS),
    jobLimit: 1_000_000,
    windowSeconds: 3_600,
    overageCents: 0,
    now,
  });
  if (outcome !== "created") throw new Error(`submit_job answered ${outcome}`);
}

async function prepareSettling(url: string, jobs: number): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await client`call bench.prepare_settling(${jobs}, now())`;
  } finally {
    await client.end({ timeout: 5 });
  }
}
