import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

const operations = ["select", "insert", "update", "delete"] as const;
type Operation = (typeof operations)[number];
/** Whose rows: nobody's, one's own, everybody's. */
type Reach = "none" | "own" | "all";
const reach = (select: Reach, insert: Reach, update: Reach, remove: Reach) => ({
  select,
  insert,
  update,
  delete: remove,
});

/**
 * What a signed-in user's request may do: seed 002's "Row Level Security", translated to our tables. `stripe_events` is
 * `webhook_events` here, and `user_roles` is `users.role`: to be seen, never to be changed.
 */
const matrix: Record<string, Record<Operation, Reach>> = {
  // select, insert, update, delete
  users: reach("own", "none", "own", "none"),
  sessions: reach("none", "none", "none", "none"),
  password_reset_tokens: reach("none", "none", "none", "none"),
  email_verification_tokens: reach("none", "none", "none", "none"),
  sign_in_attempts: reach("none", "none", "none", "none"),
  wallets: reach("own", "none", "none", "none"),
  credit_grants: reach("own", "none", "none", "none"),
  credit_events: reach("own", "none", "none", "none"),
  credit_entries: reach("own", "none", "none", "none"),
  assets: reach("own", "own", "own", "own"),
  generation_jobs: reach("own", "own", "none", "none"),
  job_events: reach("own", "none", "none", "none"),
  job_lanes: reach("none", "none", "none", "none"),
  generation_estimates: reach("none", "none", "none", "none"),
  credit_checks: reach("none", "none", "none", "none"),
  consistency_runs: reach("none", "none", "none", "none"),
  user_preferences: reach("own", "own", "own", "own"),
  payments: reach("own", "none", "none", "none"),
  disputes: reach("own", "none", "none", "none"),
  subscriptions: reach("own", "none", "none", "none"),
  paid_periods: reach("own", "none", "none", "none"),
  failed_payments: reach("own", "none", "none", "none"),
  renewals: reach("none", "none", "none", "none"),
  refund_orders: reach("none", "none", "none", "none"),
  stripe_customers: reach("own", "none", "none", "none"),
  webhook_events: reach("none", "none", "none", "none"),
  overage_charges: reach("own", "none", "none", "none"),
  overage_bills: reach("own", "none", "none", "none"),
  overage_alerts: reach("none", "none", "none", "none"),
  top_ups: reach("own", "none", "none", "none"),
  low_balance_notices: reach("none", "none", "none", "none"),
  expiry_notices: reach("none", "none", "none", "none"),
  promo_codes: reach("none", "none", "none", "none"),
  referral_codes: reach("own", "none", "none", "none"),
  referrals: reach("none", "none", "none", "none"),
  streaks: reach("own", "none", "none", "none"),
  welcomed_addresses: reach("none", "none", "none", "none"),
  credit_claims: reach("none", "none", "none", "none"),
  prices: reach("all", "none", "none", "none"),
  plans: reach("all", "none", "none", "none"),
  packs: reach("all", "none", "none", "none"),
  catalogue_state: reach("all", "none", "none", "none"),
  installation: reach("none", "none", "none", "none"),
};
/** The service role (worker, webhooks, admin): everything, but in the ledger's history it may only append. */
const appendOnly = ["credit_events", "credit_entries"];

const alice = randomUUID();
const bob = randomUUID();
const now = "2026-06-01T12:00:00Z";
const priceId = randomUUID();
/** Number of the rows that are there, and of the row that an attack tries to add. */
const KNOWN = 1;
const NEW = 2;

/** Always the same id for the same thing, so that rows can name each other. */
const idOf = (userId: string, thing: number, n: number): string =>
  `${userId.slice(0, 28)}${String(thing).padStart(4, "0")}${String(n).padStart(4, "0")}`;
const assetOf = (userId: string, n: number) => idOf(userId, 1, n);
const jobOf = (userId: string, n: number) => idOf(userId, 2, n);
const grantOf = (userId: string, n: number) => idOf(userId, 3, n);
const tier = { kind: "image", model_tier: "standard", quality_tier: "standard" };

type Row = Record<string, unknown>;
type Table = {
  /** The column that says whose row it is; null for a table without an owner. */
  owner: string | null;
  /** A column that an update may be tried on. */
  change: string;
  row: (userId: string, n: number) => Row;
};

const newAsset = (user_id: string, n: number): Row => {
  const id = assetOf(user_id, n);
  return {
    ...{ user_id, id, kind: "upload", status: "pending", bucket: "uploads" },
    object_key: `${user_id}/${id}/original`,
    ...{
      content_type: "image/png",
      byte_size: 1,
      file_name: "a.png",
      position: 0,
      created_at: now,
    },
  };
};
const newJob = (user_id: string, n: number): Row => ({
  ...{ user_id, id: jobOf(user_id, n), version: 1, kind: "image", status: "queued", settings: {} },
  ...{ request_hash: "x", input_asset_id: assetOf(user_id, KNOWN), provider: "local" },
  ...{ price_id: priceId, unit: "image", units: 1, milli_credits_per_unit: 5_000 },
  ...{ multiplier_percent: 100, cancel_fee_percent: 0, credits: 5, hold_seq: n, attempt: 0 },
  ...{ max_attempts: 3, progress: 0, available_at: now, created_at: now, deadline_at: now },
});

const tables: Record<string, Table> = {
  users: {
    owner: "id",
    change: "locale",
    row: (id, n) => ({
      id: n === KNOWN ? id : idOf(id, 9, n),
      email: `${id}.${n}@example.com`,
      ...{ password_hash: "x", role: "user", locale: "en", created_at: now },
    }),
  },
  sessions: {
    owner: "user_id",
    change: "expires_at",
    row: (user_id, n) => ({ id: `${user_id}.${n}`, user_id, expires_at: now }),
  },
  password_reset_tokens: {
    owner: "user_id",
    change: "expires_at",
    row: (user_id, n) => ({
      ...{ token_hash: `${user_id}.${n}`, user_id, created_at: now, expires_at: now },
    }),
  },
  email_verification_tokens: {
    owner: "user_id",
    change: "expires_at",
    row: (user_id, n) => ({
      ...{ token_hash: `${user_id}.${n}`, user_id, email: "x", created_at: now, expires_at: now },
    }),
  },
  sign_in_attempts: {
    owner: null,
    change: "subject",
    row: (userId) => ({ scope: "account", subject: userId, created_at: now }),
  },
  wallets: {
    owner: "user_id",
    change: "available",
    row: (user_id) => ({ user_id, available: 5, held: 5, owed: 0, seq: 1, updated_at: now }),
  },
  credit_grants: {
    owner: "user_id",
    change: "available",
    row: (user_id, n) => ({
      ...{ user_id, id: grantOf(user_id, n), source: "promo", category: "promo", amount: 10 },
      ...{ available: 10, held: 0, spent: 0, expired: 0, frozen: 0, reversed: 0, owed: 0 },
      ...{ priority: 50, effective_at: now, cost_basis_cents: 0, currency: "usd" },
      ...{ issued_seq: 1, created_at: now },
    }),
  },
  credit_events: {
    owner: "user_id",
    change: "reason",
    row: (user_id, n) => ({
      ...{ user_id, seq: n, kind: "hold", idempotency_key: `hold:${n}`, job_id: jobOf(user_id, n) },
      ...{ actor_kind: "user", actor_id: user_id, available_change: -5, available_after: 5 },
      ...{ held_after: 5, owed_after: 0, created_at: now },
    }),
  },
  credit_entries: {
    owner: "user_id",
    change: "amount",
    row: (user_id, n) => ({
      ...{ user_id, event_seq: n, line: 1, grant_id: grantOf(user_id, KNOWN), amount: 5 },
      ...{ from_account: "available", to_account: "held" },
    }),
  },
  assets: { owner: "user_id", change: "file_name", row: newAsset },
  generation_jobs: { owner: "user_id", change: "progress", row: newJob },
  job_events: {
    owner: "user_id",
    change: "kind",
    row: (user_id, n) => ({
      ...{ user_id, job_id: jobOf(user_id, KNOWN), seq: n, kind: "queued", attempt: 0 },
      created_at: now,
    }),
  },
  job_lanes: {
    owner: "user_id",
    change: "processing",
    row: (user_id) => ({ user_id, processing: 0, last_claimed_at: now }),
  },
  credit_checks: {
    owner: "user_id",
    change: "checked_seq",
    row: (user_id) => ({ user_id, checked_seq: 0 }),
  },
  consistency_runs: {
    owner: null,
    change: "violations",
    row: (_, n) => ({
      ...{ kind: "full", started_at: now, finished_at: now, events_checked: n, violations: 0 },
      details: [],
    }),
  },
  generation_estimates: {
    owner: null,
    change: "samples",
    row: (userId, n) => ({ key: `${userId}.${n}`, ...tier, ms_per_unit: 1, samples: 1 }),
  },
  user_preferences: {
    owner: "user_id",
    change: "email_notifications",
    row: (user_id) => ({
      ...{ user_id, email_notifications: true, time_zone: "UTC", updated_at: now },
    }),
  },
  payments: {
    owner: "user_id",
    change: "refunded_cents",
    row: (user_id, n) => ({
      ...{ user_id, reference: `payment.${n}`, kind: "pack", paid_cents: 1, currency: "usd" },
      ...{ refunded_cents: 0, paid_at: now, updated_at: now },
    }),
  },
  disputes: {
    owner: "user_id",
    change: "status",
    row: (user_id, n) => ({
      ...{ user_id, reference: `dispute.${n}`, payment_reference: `payment.${KNOWN}` },
      ...{ disputed_cents: 1, status: "open", state_at: now, updated_at: now },
    }),
  },
  subscriptions: {
    owner: "user_id",
    change: "status",
    row: (user_id, n) => ({
      ...{ user_id, reference: `subscription.${n}`, plan_code: "pro", interval: "month" },
      ...{ status: "active", period_start: now, period_end: "2026-07-01T12:00:00Z" },
      ...{ cancel_at_period_end: false, state_at: now, created_at: now, updated_at: now },
    }),
  },
  paid_periods: {
    owner: "user_id",
    change: "months_granted",
    row: (user_id, n) => ({
      ...{ user_id, reference: `line.${n}`, subscription_reference: "s", plan_code: "pro" },
      ...{ payment_reference: "p", paid_cents: 1, starts_at: now, ends_at: now },
      ...{ allowance_credits: 1, months: 1, months_granted: 0, created_at: now },
    }),
  },
  failed_payments: {
    owner: "user_id",
    change: "resolved_at",
    row: (user_id, n) => ({
      ...{ user_id, invoice_reference: `invoice.${n}`, amount_due_cents: 1, retry_count: 1 },
      ...{ failed_at: now, created_at: now, updated_at: now },
    }),
  },
  renewals: {
    owner: "user_id",
    change: "last_error",
    row: (user_id, n) => ({
      ...{ user_id, invoice_reference: `invoice.${n}`, subscription_reference: "s" },
      ...{ attempts: 0, created_at: now },
    }),
  },
  refund_orders: {
    owner: "user_id",
    change: "note",
    row: (user_id, n) => ({
      ...{ user_id, request_id: idOf(user_id, 6, n), payment_reference: `payment.${KNOWN}` },
      ...{ state: "accepted", cents: 1, refunded_after_cents: 1, ordered_by: user_id, note: "x" },
      ...{ ordered_at: now, updated_at: now },
    }),
  },
  stripe_customers: {
    owner: "user_id",
    change: "customer_id",
    row: (user_id, n) => ({ user_id, request_id: idOf(user_id, 5, n), created_at: now }),
  },
  webhook_events: {
    owner: null,
    change: "last_error",
    row: (userId, n) => ({
      ...{ id: `${userId}.${n}`, type: "x", occurred_at: now, received_at: now, attempts: 1 },
    }),
  },
  overage_charges: {
    owner: "user_id",
    change: "billed_cents",
    row: (user_id, n) => ({
      ...{ user_id, job_id: jobOf(user_id, n), grant_id: grantOf(user_id, KNOWN) },
      ...{ period_reference: "2026-06", model_tier: "standard", credits: 1, held_cents: 1 },
      created_at: now,
    }),
  },
  overage_bills: {
    owner: "user_id",
    change: "amount_cents",
    row: (user_id, n) => ({ user_id, id: idOf(user_id, 6, n), amount_cents: 1, created_at: now }),
  },
  overage_alerts: {
    owner: "user_id",
    change: "noted_at",
    row: (user_id, n) => ({
      ...{ user_id, period_reference: "2026-06", limit_cents: n, percent: 50, noted_at: now },
    }),
  },
  top_ups: {
    owner: "user_id",
    change: "status",
    row: (user_id, n) => ({
      ...{ user_id, id: idOf(user_id, 7, n), pack_code: "p", credits: 1, price_cents: 1 },
      ...{ status: "paid", asked_at: now, updated_at: now },
    }),
  },
  low_balance_notices: {
    owner: "user_id",
    change: "noted_at",
    row: (user_id) => ({ user_id, noted_at: now }),
  },
  expiry_notices: {
    owner: "user_id",
    change: "sent_at",
    row: (user_id, n) => ({
      ...{ user_id, grant_id: grantOf(user_id, KNOWN), days: n, expires_at: now, sent_at: now },
    }),
  },
  promo_codes: {
    owner: null,
    change: "redeemed",
    row: (userId, n) => ({
      ...{ code: `${userId}.${n}`.toUpperCase(), credits: 1, budget: 1, redeemed: 0 },
      ...{ starts_at: now, created_by: "x", note: "x", created_at: now },
    }),
  },
  referral_codes: {
    owner: "user_id",
    change: "code",
    row: (user_id, n) => ({ user_id, code: `${user_id}.${n}`, created_at: now }),
  },
  referrals: {
    owner: "referee_id",
    change: "rewarded_at",
    row: (referee_id) => ({
      ...{ referee_id, referrer_id: referee_id === alice ? bob : alice, created_at: now },
    }),
  },
  streaks: {
    owner: "user_id",
    change: "days",
    row: (user_id) => ({ user_id, last_day: "2026-06-01", days: 1, updated_at: now }),
  },
  welcomed_addresses: {
    owner: null,
    change: "created_at",
    row: (userId, n) => ({ address_hash: `${userId}.${n}`, created_at: now }),
  },
  credit_claims: {
    owner: null,
    change: "note",
    row: (userId, n) => ({
      ...{ external_id: `${userId}.${n}`, email: "x", credits: 1, category: "paid" },
      ...{ cost_basis_cents: 0, note: "", created_at: now },
    }),
  },
  prices: {
    owner: null,
    change: "valid_until",
    row: (userId, n) => ({
      ...{ id: idOf(userId, 4, n), ...tier, unit: "image", milli_credits_per_unit: 5_000 },
      ...{ multiplier_percent: 100, base_price_micros: 1, cancel_fee_percent: 0 },
      valid_from: userId === alice ? now : "2026-06-02T12:00:00Z",
    }),
  },
  plans: {
    owner: null,
    change: "active",
    row: (userId, n) => ({
      ...{ code: `${userId}.${n}`, name: "x", price_cents: 1, currency: "usd", interval: "month" },
      ...{ allowance_credits: 1, position: 1, active: true },
    }),
  },
  packs: {
    owner: null,
    change: "active",
    row: (userId, n) => ({
      ...{ code: `${userId}.${n}`, name: "x", price_cents: 1, currency: "usd", credits: 1 },
      ...{ position: 1, active: true },
    }),
  },
  installation: { owner: null, change: "marked_at", row: () => ({ id: 1, marked_at: now }) },
  catalogue_state: {
    owner: null,
    change: "welcome_credits",
    row: () => ({
      ...{ id: 1, name: "studio", welcome_credits: 1, referral_credits: 1, streak_credits: 1 },
      created_at: now,
    }),
  },
};

let database: TestDatabase;
let server: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  server = postgres(database.url, { max: 2, onnotice: () => undefined });
  await server.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const userId of [alice, bob]) {
      for (const [name, { row }] of Object.entries(tables)) {
        await insert(tx, name, row(userId, KNOWN), "on conflict do nothing");
      }
      // The hold that stands behind the job which an attack adds.
      await insert(tx, "credit_events", rowOf("credit_events", userId, NEW));
    }
  });
});
afterAll(async () => {
  await server.end({ timeout: 5 });
  await database.drop();
});

function tableOf(name: string): Table {
  const table = tables[name];
  if (!table) throw new Error(`${name} has no rows to attack with`);
  return table;
}
const rowOf = (name: string, userId: string, n: number): Row => tableOf(name).row(userId, n);

function insert(tx: postgres.TransactionSql, table: string, row: Row, end = "") {
  const columns = Object.keys(row).join(", ");
  return tx.unsafe(
    `insert into ${table} (${columns}) select ${columns}
     from jsonb_populate_record(null::${table}, $1::text::jsonb) ${end}`,
    [JSON.stringify(row)],
  );
}

type Attacker = { role: "tintype_user" | "tintype_app"; userId: string | null };
const attackers = {
  owner: { role: "tintype_user", userId: alice },
  stranger: { role: "tintype_user", userId: bob },
  "no user set": { role: "tintype_user", userId: null },
  service: { role: "tintype_app", userId: null },
} as const satisfies Record<string, Attacker>;
type AttackerName = keyof typeof attackers;

type Outcome = "done" | "nothing" | "refused";
class Rollback extends Error {}

/** Tries a statement as somebody, from plain SQL, and takes it back. */
async function attempt(
  { role, userId }: Attacker,
  statement: (tx: postgres.TransactionSql) => Promise<{ count: number }>,
  options: { foreignKeys?: boolean } = {},
): Promise<{ outcome: Outcome; rows: number }> {
  let rows = 0;
  try {
    await server.begin(async (tx) => {
      // In the matrix only rights answer; whether a row is still referred to is another matter.
      if (!options.foreignKeys) await tx`set local session_replication_role = replica`;
      await tx`select set_config('role', ${role}, true)`;
      if (userId !== null) await tx`select set_config('app.user_id', ${userId}, true)`;
      rows = (await statement(tx)).count;
      throw new Rollback();
    });
  } catch (error) {
    if (!(error instanceof Rollback)) {
      const code = error instanceof postgres.PostgresError ? error.code : null;
      if (code === "42501") return { outcome: "refused", rows: 0 };
      // A key that is taken is only noticed by who had the right to insert.
      if (code === "23505") return { outcome: "done", rows: 1 };
      throw error;
    }
  }
  return { outcome: rows > 0 ? "done" : "nothing", rows };
}

function attack(table: string, operation: Operation, where: string) {
  const { change } = tableOf(table);
  return (tx: postgres.TransactionSql) => {
    switch (operation) {
      case "select":
        return tx.unsafe(`select 1 from ${table} ${where}`);
      case "insert":
        return insert(tx, table, rowOf(table, alice, NEW));
      case "update":
        return tx.unsafe(`update ${table} set ${change} = ${change} ${where}`);
      case "delete":
        return tx.unsafe(`delete from ${table} ${where}`);
    }
  };
}

function expected(table: string, operation: Operation, who: AttackerName): Outcome {
  if (who === "service") {
    const changes = operation === "update" || operation === "delete";
    return changes && appendOnly.includes(table) ? "refused" : "done";
  }
  const allowed = matrix[table]?.[operation] ?? "none";
  if (allowed === "none") return "refused";
  if (allowed === "all" || who === "owner") return "done";
  return operation === "insert" ? "refused" : "nothing";
}

/** One line per cell, so that a difference reads as "assets update stranger: done". */
async function everyCell(
  table: string,
  answer: (operation: Operation, who: AttackerName) => Outcome | Promise<Outcome>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const operation of operations) {
    for (const who of Object.keys(attackers) as AttackerName[]) {
      lines.push(`${table} ${operation} ${who}: ${await answer(operation, who)}`);
    }
  }
  return lines;
}

test("every table has row-level security, a policy for the service and a line in the matrix", async () => {
  const rows = await server<{ name: string; secured: boolean; served: boolean }[]>`
    select relname as name, relrowsecurity as secured, exists (
      select from pg_policy where polrelid = c.oid and polname = 'service_sees_all'
    ) as served
    from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(matrix).sort());
  expect(rows.filter(({ secured, served }) => !secured || !served)).toEqual([]);
});

test("nothing reads around row-level security: no view, no function that runs as its owner", async () => {
  const views = await server`
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')`;
  const definers = await server`
    select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`;
  const roles = await server`
    select rolname from pg_roles
    where rolname in ('tintype_user', 'tintype_app') and (rolbypassrls or rolsuper or rolcanlogin)`;
  expect([...views, ...definers, ...roles]).toEqual([]);
});

test.each(Object.keys(matrix))("the matrix holds on %s", async (table) => {
  const { owner } = tableOf(table);
  const where = owner === null ? "" : `where ${owner} = '${alice}'`;
  const answers = await everyCell(table, async (operation, who) => {
    const { outcome } = await attempt(attackers[who], attack(table, operation, where));
    return outcome;
  });
  expect(answers).toEqual(
    await everyCell(table, (operation, who) => expected(table, operation, who)),
  );
});

const ownCells = Object.entries(matrix).flatMap(([table, cells]) =>
  operations
    .filter((operation) => operation !== "insert" && cells[operation] === "own")
    .map((operation) => [table, operation] as const),
);
test.each(ownCells)(
  "a forgotten where on %s, %s, reaches one's own rows",
  async (table, operation) => {
    const all = await server.unsafe(`select 1 from ${table}`);
    const { rows } = await attempt(attackers.owner, attack(table, operation, ""));
    expect(rows).toBe(all.length / 2);
    expect((await attempt(attackers["no user set"], attack(table, operation, ""))).rows).toBe(0);
  },
);

test("a user sees all columns but a password hash, and changes only those that are named", async () => {
  const columns = (right: "select" | "update", granted: boolean) => server<{ name: string }[]>`
    select c.relname || '.' || a.attname as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and has_any_column_privilege('tintype_user', c.oid, ${right})
      and has_column_privilege('tintype_user', c.oid, a.attnum, ${right}) = ${granted}
    order by 1`;
  const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
  expect(names(await columns("select", false))).toEqual(["users.password_hash"]);
  expect(names(await columns("update", true))).toEqual([
    "assets.deleted_at",
    "assets.file_name",
    "user_preferences.email_notifications",
    "user_preferences.overage_limit_cents",
    "user_preferences.spend_scope",
    "user_preferences.time_zone",
    "user_preferences.top_up_enabled_at",
    "user_preferences.top_up_monthly_cap_cents",
    "user_preferences.top_up_pack_code",
    "user_preferences.top_up_threshold_credits",
    "user_preferences.updated_at",
    "users.locale",
  ]);
});

const forbidden: Record<string, string> = {
  "become an admin": "update users set role = 'admin'",
  "take an address": "update users set email = 'x@example.com'",
  "set a password hash": "update users set password_hash = 'x'",
  "read a password hash": "select password_hash from users",
  "read a whole account row": "select * from users",
  "give credits": "update wallets set available = 1000",
  "forget a debt": "update wallets set owed = 0",
  "refill a grant": "update credit_grants set available = amount",
  "keep a grant for ever": "update credit_grants set expires_at = null",
  "give a file to another": `update assets set user_id = '${bob}'`,
  "point a file at another's object": `update assets set object_key = '${bob}/x/image.png'`,
  "call a file good that nobody looked at": "update assets set status = 'ready'",
  "call a job done": "update generation_jobs set status = 'completed'",
  "make a job cheaper": "update generation_jobs set credits = 0",
  "move a job to the front": "update job_lanes set last_claimed_at = 'epoch'",
  "lower a price": "update prices set milli_credits_per_unit = 1",
  "empty a table": "truncate assets",
  "call the ledger": `select grant_credits('${alice}', '${randomUUID()}', 'promo', 'promo', 5, 'k', 'user', 'x', now(), null, 50::smallint, 0, 'usd', null, null, null)`,
  "end a job": `select cancel_job('${alice}', '${jobOf(alice, KNOWN)}', now())`,
};
test.each(Object.entries(forbidden))("a user cannot %s", async (_, statement) => {
  const run = (tx: postgres.TransactionSql) => tx.unsafe(statement);
  expect(await attempt(attackers.owner, run, { foreignKeys: true })).toMatchObject({
    outcome: "refused",
  });
});

const forgedAssets: Record<string, Row> = {
  "for another": newAsset(bob, NEW),
  "on another's object": { object_key: `${bob}/x/original` },
  "with another's thumbnail": { thumbnail_key: `${bob}/x/thumbnail.webp` },
  "that needs no looking at": { status: "ready" },
  "as the result of a job": { kind: "output", bucket: "outputs", job_id: jobOf(alice, KNOWN) },
};
const forgedJobs: Record<string, Row> = {
  "for another": newJob(bob, NEW),
  "without a hold": { hold_seq: 99 },
  "on the hold of another job": { hold_seq: KNOWN },
  "for less than is held": { credits: 0 },
  "that is done already": { status: "completed", charged_credits: 0 },
  "that a worker has": { status: "processing", attempt: 1 },
};
const forgeries = [
  ...Object.entries(forgedAssets).map(([how, row]) => ["assets", how, row] as const),
  ...Object.entries(forgedJobs).map(([how, row]) => ["generation_jobs", how, row] as const),
];
test.each(forgeries)("a user cannot insert into %s a row %s", async (table, _, changes) => {
  const row = { ...rowOf(table, alice, NEW), ...changes };
  const honest = await attempt(attackers.owner, (tx) =>
    insert(tx, table, rowOf(table, alice, NEW)),
  );
  expect(honest.outcome).toBe("done");
  const forged = await attempt(attackers.owner, (tx) => insert(tx, table, row));
  expect(forged.outcome).toBe("refused");
});
