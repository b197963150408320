import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { jobSettings, paymentSettings, storageSettings } from "@tintype/core/environment";
import { jobDefaults } from "@tintype/core/jobs";
import { connect } from "@tintype/db/client";
import { type DatabaseClock, openDatabaseClock } from "@tintype/db/clock/database-clock";
import { openSignals } from "@tintype/db/signals";
import { createSmtpSender } from "@tintype/integrations/email/smtp";
import type { Generator } from "@tintype/integrations/generators/generator";
import { createLocalGenerator } from "@tintype/integrations/generators/local";
import { createImageProcessor } from "@tintype/integrations/images/image-processor";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import type { Logger } from "@tintype/integrations/process/logger";
import { createS3Storage } from "@tintype/integrations/storage/s3";
import type { PaymentContext } from "@tintype/services/billing/payment-context";
import type { SystemActor } from "@tintype/services/context";
import type { Worker } from "@tintype/services/jobs/run-next-job";
import { createMailQueue } from "@tintype/services/mail/mail-queue";
import { startMailWorker } from "@tintype/services/mail/mail-worker";
import { clockLog } from "@tintype/services/metrics/clock-log";
import { renderClock } from "@tintype/services/metrics/clock-metrics";
import { renderPool } from "@tintype/services/metrics/pool-metrics";
import type { Env } from "./env.ts";
import { startHealth } from "./health.ts";
import { createReaper } from "./reaper.ts";
import { startSchedule } from "./schedule.ts";
import { startSlots } from "./slots.ts";

const STATEMENT_TIMEOUT_MS = 15_000;

/** Before outputs are stored again that the store did not take. */
const PAUSE_MS = 1_000;

export type RunningWorker = { port: number; stop: () => Promise<void> };

/** Connects everything and starts taking jobs. Stopping gives running jobs some time, then hands them back. */
export async function startWorker(env: Env, logger: Logger): Promise<RunningWorker> {
  const onError = (error: unknown) => logger.error({ err: error }, "background connection");
  const database = connect(env.DATABASE_URL, {
    maxConnections: env.DATABASE_POOL,
    // Nobody waits for its answers, and some of its statements go over many wallets.
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  const clock = await openClock(env, logger);
  const signals = await openSignals(env.DATABASE_URL, onError);
  const storage = createS3Storage({
    ...storageSettings(env),
    now: () => clock.now().getTime(),
  });
  const sender = createSmtpSender(env.SMTP_URL, env.MAIL_FROM);
  const outbox = await createMailQueue({ databaseUrl: env.DATABASE_URL, onError });
  const images = createImageProcessor();
  const generator = createLocalGenerator({ slots: env.WORKER_SLOTS });
  const stripe = paymentSettings(env);
  const ctx: PaymentContext<SystemActor> = {
    db: database.db,
    actor: { kind: "system", name: "worker" },
    now: clock.now,
    storage,
    images,
    mail: outbox,
    signals,
    payments: stripe && createStripePayments({ ...stripe, now: clock.now }),
    config: {
      publicUrl: env.PUBLIC_URL,
      ...jobSettings(env),
      provider: { name: generator.name, ...generator.limits },
    },
  };
  const mail = await startMail(env, ctx, sender, onError);
  const stopping = new AbortController();
  const worker = jobWorker(generator, stopping.signal, logger);
  const slots = startSlots(ctx, worker, env.WORKER_SLOTS, logger);
  const reaper = createReaper(ctx, clock, logger);
  const schedule = startSchedule(ctx, { worker, reaper }, logger, {
    maxPercent: env.ORPHAN_SWEEP_MAX_PERCENT,
  });
  const health = await startHealth(env, {
    isReady: async () => {
      await database.db.execute("select 1");
      return !stopping.signal.aborted;
    },
    metrics: () =>
      [renderPool(database.statistics()), renderClock(clock.read()), reaper.render()].join(""),
  });

  const stop = async () => {
    const drained = setTimeout(() => stopping.abort("stopping"), env.WORKER_DRAIN_SECONDS * 1_000);
    await slots.stop();
    clearTimeout(drained);
    await schedule.stop();
    await mail.stop();
    await outbox.close();
    await generator.close();
    await images.close();
    await health.close();
    sender.close();
    storage.close();
    await signals.close();
    await clock.close();
    await database.close();
  };
  return { port: health.port, stop };
}

const openClock = (env: Env, logger: Logger): Promise<DatabaseClock> =>
  openDatabaseClock(
    env.DATABASE_URL,
    clockLog(logger, "no job is taken from others or ended until the clocks agree"),
  );

/** Letters are sent from the same outbox that the services put them into. */
const startMail = (
  env: Env,
  { db, now, payments }: PaymentContext<SystemActor>,
  sender: ReturnType<typeof createSmtpSender>,
  onError: (error: unknown) => void,
) =>
  startMailWorker({
    ...{ databaseUrl: env.DATABASE_URL, db, sender, publicUrl: env.PUBLIC_URL },
    linkSecret: env.LINK_SECRET ?? null,
    findDocument: payments?.findDocument ?? (async () => null),
    ...{ now, onError },
  });

/** The name tells support which process had a job; the random part makes a restarted one a different worker. */
const jobWorker = (generator: Generator, stopping: AbortSignal, logger: Logger): Worker => ({
  id: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
  generator,
  heartbeatSeconds: jobDefaults.heartbeatSeconds,
  stopping,
  pause: () => wait(PAUSE_MS),
  onError: (error, job) => logger.warn({ err: error, ...job }, "attempt failed"),
});
