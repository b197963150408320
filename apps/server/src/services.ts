import { jobSettings, paymentSettings, storageSettings } from "@tintype/core/environment";
import { connect } from "@tintype/db/client";
import { type ClockReading, openDatabaseClock } from "@tintype/db/clock/database-clock";
import type { PoolStatistics } from "@tintype/db/pool/pool";
import { openSignals } from "@tintype/db/signals";
import { generatorLimits } from "@tintype/integrations/generators/limits";
import { createImageProcessor } from "@tintype/integrations/images/image-processor";
import { createStripePayments } from "@tintype/integrations/payments/stripe/stripe-payments";
import type { Logger } from "@tintype/integrations/process/logger";
import { explained } from "@tintype/integrations/process/run-process";
import { createS3Storage } from "@tintype/integrations/storage/s3";
import { type Confirmations, createConfirmations } from "@tintype/services/assets/confirmations";
import { createPasswords, type Passwords } from "@tintype/services/auth/passwords";
import { createSessionStore, type SessionStore } from "@tintype/services/auth/sessions";
import type { PaymentContext } from "@tintype/services/billing/payment-context";
import { ensureCatalogue } from "@tintype/services/catalogue/catalogue";
import { createLiveStreams, type LiveStreams } from "@tintype/services/live/live-streams";
import { createMailQueue } from "@tintype/services/mail/mail-queue";
import { clockLog } from "@tintype/services/metrics/clock-log";
import type { Env } from "./env.ts";

/** What lives as long as the process: everything of a context but who acts. */
export type Services = Omit<PaymentContext, "actor"> & {
  poolStatistics: () => PoolStatistics;
  readClock: () => ClockReading;
  sessions: SessionStore;
  passwords: Passwords;
  liveStreams: LiveStreams;
  confirmations: Confirmations;
  requireVerifiedEmail: boolean;
};
export type OpenServices = { services: Services; close: () => Promise<void> };

/** Only the numbers: the engine itself runs in the worker. */
const PROVIDER = { name: "local", ...generatorLimits.local };

const DATABASE_ADVICE =
  "the database cannot be used; check DATABASE_URL and that the migrations have run";

/** Connects to the database and the store, and makes sure both hold what a first start needs. */
export async function openServices(env: Env, logger: Logger): Promise<OpenServices> {
  const onError = (error: unknown) => logger.error({ err: error }, "background connection");
  const database = connect(env.DATABASE_URL, { maxConnections: env.DATABASE_POOL });
  const stripe = paymentSettings(env);
  const closers: (() => Promise<void> | void)[] = [database.close];
  const close = async () => {
    for (const each of closers.toReversed()) await each();
  };
  try {
    const clock = await explained(
      DATABASE_ADVICE,
      openDatabaseClock(env.DATABASE_URL, clockLog(logger, "the database's is gone by")),
    );
    closers.push(clock.close);
    const { now } = clock;
    await explained(DATABASE_ADVICE, ensureCatalogue(database.db, env.CATALOG, now()));
    const milliseconds = () => now().getTime();
    const storage = createS3Storage({ ...storageSettings(env), now: milliseconds });
    closers.push(() => storage.close());
    if (env.S3_MANAGE_BUCKETS) {
      await explained(
        `the store at ${env.S3_ENDPOINT} did not let us prepare its buckets; check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or set S3_MANAGE_BUCKETS=false`,
        storage.ensureBuckets({ allowedOrigins: allowedOrigins(env) }),
      );
    }
    const mail = await createMailQueue({ databaseUrl: env.DATABASE_URL, onError });
    closers.push(mail.close);
    const signals = await openSignals(env.DATABASE_URL, onError);
    closers.push(signals.close);
    const perUser = env.STREAMS_PER_USER;
    const liveStreams = createLiveStreams({ db: database.db, now, perUser, onError });
    closers.push(liveStreams.close);
    const images = createImageProcessor();
    closers.push(images.close);
    const services: Services = {
      db: database.db,
      poolStatistics: database.statistics,
      readClock: clock.read,
      now,
      liveStreams,
      storage,
      images,
      mail,
      signals,
      payments: stripe && createStripePayments({ ...stripe, now }),
      config: {
        publicUrl: env.PUBLIC_URL,
        ...jobSettings(env),
        provider: PROVIDER,
      },
      passwords: createPasswords(),
      confirmations: createConfirmations(),
      requireVerifiedEmail: env.REQUIRE_VERIFIED_EMAIL,
      sessions: createSessionStore({
        db: database.db,
        secureCookies: env.PUBLIC_URL.startsWith("https:"),
        now: milliseconds,
      }),
    };
    return { services, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As browsers write them: in lower case and without a default port. */
export const allowedOrigins = ({ PUBLIC_URL, WEB_ORIGIN }: Env): string[] =>
  [PUBLIC_URL, WEB_ORIGIN].flatMap((url) => (url === undefined ? [] : [new URL(url).origin]));

/** The address browsers load pictures from; the page's policy must name it. */
export const storageOrigin = ({ S3_ENDPOINT, S3_PUBLIC_ENDPOINT }: Env): string =>
  new URL(S3_PUBLIC_ENDPOINT ?? S3_ENDPOINT).origin;
