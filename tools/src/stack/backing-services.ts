import path from "node:path";
import { startMailCatcher } from "@tintype/local-cloud/mail";
import { startPostgres } from "@tintype/local-cloud/postgres";
import { startS3 } from "@tintype/local-cloud/s3";
import { startStripeEmulator } from "@tintype/local-cloud/stripe";
import { keptSecret } from "./kept-secrets.ts";
import type { Ports } from "./ports.ts";
import type { StackClock } from "./stack-clock.ts";

export type BackingOptions = {
  /** What names real services; those it does not name are embedded. */
  env: NodeJS.ProcessEnv;
  dataDir: string;
  ports: Ports;
  /** Browsers from here may reach the embedded storage. */
  webOrigin: string;
  /** Embedded PostgreSQL without durability, for tests. */
  fast: boolean;
  /** Whether a payment provider that takes test cards may stand in for the real one. */
  sandboxPayments: boolean;
  /** The emulator of payments moves it; the store looks at it, for its signatures are made by ours. */
  clock: StackClock;
};

/** The part of a service that is another after it was started again. */
export type RunningBacking = {
  /** Settles with a reason if the service goes away by itself. */
  exited?: Promise<string>;
  stop(): Promise<void>;
};

/** One embedded service, or the real one that stands in its place. */
export type Backing = RunningBacking & {
  /** Variables for the server and the worker; empty when the environment has them already. */
  env: Record<string, string>;
  /** Rows for people. */
  urls: [label: string, url: string][];
  /** Starts it again at the same address, with the same data. */
  revive?: () => Promise<RunningBacking>;
};

const S3_REGION = "us-east-1";
/** A name, no secret. */
const S3_KEY_ID = "TINTYPE";
const BUCKETS = { uploads: "tintype-uploads", outputs: "tintype-outputs" };

/** Beside the endpoint; region and bucket names have defaults. */
const S3_REQUIRED = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];

export async function startDatabase(options: BackingOptions): Promise<Backing> {
  const { env, dataDir, ports, fast } = options;
  if (env.DATABASE_URL) return external("PostgreSQL", withoutPassword(env.DATABASE_URL));
  const start = () =>
    startPostgres({ dataDir: path.join(dataDir, "postgres"), port: ports.postgres, fast });
  const postgres = await start();
  return {
    env: { DATABASE_URL: postgres.url },
    urls: [["PostgreSQL", withoutPassword(postgres.url)]],
    exited: postgres.exited,
    stop: postgres.stop,
    revive: async () => {
      const { exited, stop } = await start();
      return { exited, stop };
    },
  };
}

export async function startStorage(options: BackingOptions): Promise<Backing> {
  const { env, dataDir, ports, webOrigin, clock } = options;
  if (env.S3_ENDPOINT) {
    const missing = S3_REQUIRED.filter((name) => !env[name]);
    if (missing.length > 0) {
      throw new Error(`S3_ENDPOINT is set, so ${missing.join(", ")} must be set, too.`);
    }
    return external("Storage (S3)", env.S3_ENDPOINT);
  }
  const secret = keptSecret(dataDir, "s3-secret");
  const s3 = await startS3({
    dir: path.join(dataDir, "s3"),
    port: ports.s3,
    region: S3_REGION,
    keys: { [S3_KEY_ID]: secret },
    buckets: Object.values(BUCKETS),
    allowOrigins: [webOrigin],
    now: clock.now,
  });
  return {
    env: {
      S3_ENDPOINT: s3.url,
      S3_REGION,
      S3_ACCESS_KEY_ID: S3_KEY_ID,
      S3_SECRET_ACCESS_KEY: secret,
      S3_UPLOADS_BUCKET: BUCKETS.uploads,
      S3_OUTPUTS_BUCKET: BUCKETS.outputs,
    },
    urls: [["Storage (S3)", s3.url]],
    stop: s3.stop,
  };
}

export async function startMail({ env, dataDir, ports }: BackingOptions): Promise<Backing> {
  if (env.SMTP_URL) return external("Mail (SMTP)", withoutPassword(env.SMTP_URL));
  const mail = await startMailCatcher({
    dir: path.join(dataDir, "mail"),
    smtpPort: ports.smtp,
    webPort: ports.inbox,
  });
  return {
    env: { SMTP_URL: mail.smtpUrl },
    urls: [["Mail inbox", mail.inboxUrl]],
    stop: mail.stop,
  };
}

/**
 * Stripe's emulator sells for money that nobody has, so a public server gets it only when asked to; without it and
 * without keys nothing is sold.
 */
export async function startPayments(options: BackingOptions): Promise<Backing> {
  const { env, dataDir, ports, sandboxPayments, clock } = options;
  if (env.STRIPE_SECRET_KEY) {
    if (!env.STRIPE_WEBHOOK_SECRET) {
      throw new Error("STRIPE_SECRET_KEY is set, so STRIPE_WEBHOOK_SECRET must be set, too.");
    }
    return external("Payments (Stripe)", env.STRIPE_API_BASE || "https://api.stripe.com");
  }
  if (!sandboxPayments) {
    const how = "none: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET to sell";
    return { env: {}, urls: [["Payments", how]], stop: async () => undefined };
  }
  const stripe = await startStripeEmulator({
    dataFolder: path.join(dataDir, "stripe"),
    port: ports.stripe,
    secretKey: `sk_test_${keptSecret(dataDir, "stripe-secret")}`,
    onClockMoved: clock.moveTo,
    webhooks: [
      {
        url: `http://127.0.0.1:${ports.api}/webhooks/stripe`,
        // Whoever knows it can tell the server of payments that nobody has made.
        secret: `whsec_${keptSecret(dataDir, "stripe-webhook-secret")}`,
      },
    ],
  });
  return {
    env: {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      STRIPE_API_BASE: stripe.url,
      CLOCK_FILE: clock.file,
    },
    urls: [["Payments (Stripe emulator)", stripe.url]],
    stop: stripe.close,
  };
}

/** A service of the operator's own: nothing is started, and nothing stopped. */
function external(label: string, url: string): Backing {
  return { env: {}, urls: [[label, `${url} (yours)`]], stop: async () => undefined };
}

/** What is shown in a terminal is also read over a shoulder. */
function withoutPassword(address: string): string {
  const url = new URL(address);
  if (url.password) url.password = "***";
  return url.href;
}
