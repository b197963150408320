import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema/index.ts";

export type Db = PostgresJsDatabase<typeof schema>;
/** An open transaction. A function that asks for one is a step of somebody's use case. */
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

/** The role whose rights the application has: it may append to the ledger, never change or delete a line. */
export const applicationRole = "tintype_app";

export type DatabaseConnection = { db: Db; close: () => Promise<void> };

/**
 * Opens a pool. Eight connections are the measured best on two cores
 * (design/performance-and-reliability.md: 2–4 × database cores).
 * @param options.role the role to work as; null keeps the role that signs in (migrations)
 */
export function connect(
  databaseUrl: string,
  options: { maxConnections?: number; role?: string | null } = {},
): DatabaseConnection {
  const { maxConnections = 8, role = applicationRole } = options;
  const client = postgres(databaseUrl, {
    max: maxConnections,
    connect_timeout: 10,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: {
      application_name: "tintype",
      statement_timeout: 15_000,
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 30_000,
      ...(role === null ? {} : { role }),
    },
  });
  return {
    db: drizzle(client, { schema, casing: "snake_case" }),
    close: () => client.end({ timeout: 5 }),
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
