import { randomUUID } from "node:crypto";
import { applicationRole, connect, type DatabaseConnection } from "@tintype/db/client";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import "@tintype/local-cloud/testing";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { submitOne, submitStatement } from "./contestants.ts";
import { type BenchDatabase, createBenchDatabase, jobsForEntries } from "./database.ts";
import { naiveSubmit } from "./naive/submit.ts";
import { runPreparedClient } from "./pgbench.ts";
import { measureProofs, validateAll } from "./proof.ts";
import { newRequest, userId } from "./requests.ts";
import { delivery, inboxStatement, paidCheckout, webhookEnvironment } from "./webhooks.ts";

const name = `bench_${randomUUID().replaceAll("-", "")}`;
let database: BenchDatabase;
let connection: DatabaseConnection;

beforeAll(async () => {
  database = await createBenchDatabase(inject("postgresUrl"), { name, users: 4, jobsPerUser: 3 });
  connection = connect(database.url);
});
afterAll(async () => {
  await connection.close();
  const admin = connect(inject("postgresUrl"), { maxConnections: 1, role: null });
  await admin.db.execute(sql.raw(`drop database ${name} with (force)`));
  await admin.close();
});

const rows = async (query: string) => [...(await connection.db.execute(sql.raw(query)))];

test("the books that are filled in balance, and have as many entries as was said", async () => {
  await validateAll(connection.db);
  const [counted] = await rows("select count(*)::integer as entries from credit_entries");
  expect(counted).toEqual({ entries: database.entries });
  expect(jobsForEntries(database.entries, database.users)).toBe(3);
});

/** What a submit has left behind, without what differs by nature: ids, hashes and times. */
async function traceOf(user: string) {
  const tables = [
    ["wallets", "available, held, owed, seq"],
    ["credit_grants", "available, held, spent, priority, issued_seq"],
    ["credit_events", "seq, kind, actor_kind, available_change, available_after, held_after"],
    ["credit_entries", "event_seq, line, amount, from_account, to_account"],
    [
      "generation_jobs",
      "kind, status, settings, provider, credits, hold_seq, unit, units, version",
    ],
    ["job_events", "seq, kind, attempt"],
    ["job_lanes", "processing, (next_due_at is null) as idle"],
  ];
  const trace: Record<string, unknown[]> = {};
  for (const [table, columns] of tables) {
    trace[`${table}`] = await rows(
      `select ${columns} from ${table} where user_id = '${user}' order by 1, 2`,
    );
  }
  return trace;
}

test("ours and the naive stack do the same work: the same rows in every table", async () => {
  const [ours, naive] = [userId(1), userId(2)];
  const before = await traceOf(ours);
  await submitOne(connection.db, { ...database, users: 1 });
  const input = newRequest(2, database.priceId);
  await naiveSubmit(connection.db, { userId: naive, input, jobsPerHour: 10 });

  expect(await traceOf(naive)).toEqual(await traceOf(ours));
  expect(await traceOf(ours)).not.toEqual(before);
  await validateAll(connection.db);
});

test("ten naive requests at once lose nothing either: it is slow, not wrong", async () => {
  const requests = Array.from({ length: 10 }, () => newRequest(3, database.priceId));
  await Promise.all(
    requests.map((input) =>
      naiveSubmit(connection.db, { userId: userId(3), input, jobsPerHour: 100 }),
    ),
  );
  await validateAll(connection.db);
});

test("the statements of the SQL contestants really submit and settle", async () => {
  const load = { databaseUrl: database.url, users: 4, clients: 2, seconds: 0.2, role: null };
  const statement = submitStatement(database.priceId);
  const { perSecond, p99Ms } = await runPreparedClient({ ...load, statement });
  expect(perSecond).toBeGreaterThan(0);
  expect(p99Ms).toBeGreaterThan(0);

  await connection.db.execute(sql`call bench.prepare_settling(3, now())`);
  const outcomes = await rows("select bench.settle_next() as outcome from generate_series(1, 4)");
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    "completed",
    "completed",
    "completed",
    null,
  ]);
  await validateAll(connection.db);
});

test("the webhooks really pay a pack of a user of ours, and the bare insert is as large", async () => {
  const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE } = webhookEnvironment;
  const payments = createStripePayments({
    ...{ secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET },
    apiBase: STRIPE_API_BASE,
  });
  const body = paidCheckout(3);
  const event = payments.verifyWebhook(
    body,
    delivery(body).headers?.["stripe-signature"] ?? "unsigned",
  );
  const stranger = { userOfCustomer: async () => null, userOfPayment: async () => null };
  const told = await payments.translate(event, {
    ...{ ...stranger, subscriptionKnownAt: async () => null, now: () => new Date() },
    isInvoiceWaitedFor: async () => false,
  });
  expect(told).toMatchObject([
    { type: "payment_settled", userId: userId(3), credits: 1_800, payment: { paidCents: 1_900 } },
  ]);
  await runPreparedClient({
    ...{ databaseUrl: database.url, users: 4, clients: 2, seconds: 0.2, role: applicationRole },
    statement: inboxStatement(body),
  });
  const [row] = await rows("select max(length(payload::text)) as size from webhook_events");
  expect(Number(row?.size)).toBeGreaterThan(body.length * 0.9);
});

test("proofs are timed, and refuse to time books that do not balance", async () => {
  const { fullMs, incrementalMs } = await measureProofs(database);
  expect(fullMs).toBeGreaterThan(0);
  expect(incrementalMs).toBeGreaterThan(0);
  const owner = connect(database.url, { maxConnections: 1, role: null });
  await owner.db.execute(
    sql.raw(`update wallets set held = held + 1 where user_id = '${userId(4)}'`),
  );
  await owner.close();
  await expect(measureProofs(database)).rejects.toThrow("do not balance");
});
