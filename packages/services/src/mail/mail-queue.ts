import { advisoryLocks } from "@tintype/db/advisory-locks";
import type { Tx } from "@tintype/db/client";
import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import type { MailMessage } from "./messages.ts";

export const MAIL_QUEUE = "mail";
export const BOSS_SCHEMA = "pgboss";

/** Retries over about a day, so that a mail server may be away for a night. */
const queueOptions = {
  retryLimit: 12,
  retryDelay: 15,
  retryBackoff: true,
  retryDelayMax: 3 * 60 * 60,
  expireInSeconds: 120,
  retentionSeconds: 2 * 24 * 60 * 60,
  deleteAfterSeconds: 24 * 60 * 60,
};

const awaited: MailMessage["kind"][] = ["password_reset", "verify_email"];

export type MailQueue = {
  /** A step: the message is sent if, and only if, the caller's transaction commits. */
  enqueue(tx: Tx, message: MailMessage): Promise<void>;
  close(): Promise<void>;
};

type BossOptions = {
  /** Signs in as the owner: pg-boss makes and migrates its own schema. */
  databaseUrl: string;
  /** Told when pg-boss loses its database for a while; it goes on by itself. */
  onError: (error: Error) => void;
  /** The process that looks after the queue (deletes old rows, retries lost ones): the worker's. */
  supervise: boolean;
};

/** A started pg-boss that has our queue. Several processes may do this at once. */
export async function startBoss({ databaseUrl, onError, supervise }: BossOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: BOSS_SCHEMA,
    application_name: "tintype-mail",
    max: 2,
    supervise,
    schedule: supervise,
  });
  boss.on("error", onError);
  await boss.start();
  await boss.createQueue(MAIL_QUEUE, queueOptions);
  return boss;
}

/** The writing end. Sends through the caller's transaction, which works as the application's role. */
export async function createMailQueue(options: Omit<BossOptions, "supervise">): Promise<MailQueue> {
  const boss = await startBoss({ ...options, supervise: false });
  await boss.getDb().executeSql(`
    select pg_advisory_xact_lock(${advisoryLocks.mailRights});
    grant usage on schema ${BOSS_SCHEMA} to tintype_app;
    grant select, insert on all tables in schema ${BOSS_SCHEMA} to tintype_app;
  `);
  return {
    async enqueue(tx, message) {
      // Somebody waits for a link; what is written to many at once must not stand in front of it.
      const priority = awaited.includes(message.kind) ? 1 : 0;
      const id = await boss.send(MAIL_QUEUE, message, { db: fromDrizzle(tx, sql), priority });
      if (id === null) throw new Error("pg-boss did not take a letter into the outbox");
    },
    close: () => boss.stop({ graceful: false }),
  };
}
