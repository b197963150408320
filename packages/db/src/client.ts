import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import { createClient } from "./pool/client.ts";
import type { ConnectionSettings } from "./pool/connection.ts";
import { Pool, type PoolStatistics } from "./pool/pool.ts";
import { createProbe } from "./pool/probe.ts";
import * as schema from "./schema/index.ts";

export type Db = PostgresJsDatabase<typeof schema>;
/** An open transaction. A function that asks for one is a step of somebody's use case. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

/** The role whose rights the application has: it may append to the ledger, never change or delete a line. */
export const applicationRole = "tintype_app";

export type DatabaseConnection = {
  db: Db;
  statistics: () => PoolStatistics;
  close: () => Promise<void>;
};

export type ConnectOptions = {
  /** Eight are the measured best on two cores: 2–4 × the database's cores. */
  maxConnections?: number;
  /** The role to work as; null keeps the role that signs in (migrations). */
  role?: string | null;
  /** How long the server lets a statement run. A person waits no longer than this for one. */
  statementTimeoutMs?: number;
  /** How long a caller waits for a connection before it is refused as `busy`. */
  waitMs?: number;
  /** As `pg_stat_activity` shows it. */
  applicationName?: string;
};

const CONNECT_SECONDS = 5;
/** After its timeout the server still needs to say so: 7 + 1.5 s, and a caller knows within ten seconds. */
const GRACE_MS = 1_500;
const DRAIN_MS = 5_000;
const MINUTE_MS = 60_000;
const LIMITS = {
  maxWaiting: 5_000,
  idleMs: MINUTE_MS,
  lifetimeMs: 45 * MINUTE_MS,
};

/** Opens a pool. Its promises are those of `Pool`: nothing is pipelined, nobody waits without a limit. */
export function connect(url: string, options: ConnectOptions = {}): DatabaseConnection {
  const { maxConnections = 8, role = applicationRole } = options;
  const { statementTimeoutMs = 7_000, waitMs = 3_000, applicationName = "tintype" } = options;
  const driver: ConnectionSettings["driver"] = {
    connect_timeout: CONNECT_SECONDS,
    connection: {
      application_name: applicationName,
      statement_timeout: statementTimeoutMs,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 30_000,
      ...(role === null ? {} : { role }),
    },
  };
  const types = { parsers: {}, serializers: {} };
  const answerWithinMs = statementTimeoutMs + GRACE_MS;
  const settings = { url, driver, types, answerWithinMs };
  const pool = new Pool({
    ...settings,
    ...LIMITS,
    maxConnections,
    waitMs,
    probe: createProbe(settings),
  });
  const client = createClient(pool, types) as unknown as postgres.Sql;
  return {
    db: drizzle(client, { schema, casing: "snake_case" }),
    statistics: () => pool.statistics(),
    close: () => pool.close(DRAIN_MS),
  };
}

/**
 * Remembers one prepared statement per database, so that a hot query is built once and parsed once per
 * connection: drizzle sends an unprepared query in two round trips.
 */
export function preparedPerDb<T>(build: (db: Db) => T): (db: Db) => T {
  const built = new WeakMap<Db, T>();
  return (db) => {
    const known = built.get(db);
    if (known !== undefined) return known;
    const made = build(db);
    built.set(db, made);
    return made;
  };
}
