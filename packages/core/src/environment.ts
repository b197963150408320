import { z } from "zod";
import { jobDefaults } from "./jobs.ts";
import { publishedSecrets } from "./published-secrets.ts";

/**
 * The variables that the server and the worker both read. Shapes only: reading the environment itself is
 * left to each process's `env.ts`.
 */

export const flag = z.stringbool();
export const originUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/^(\w+:\/\/[^/]+).*$/, "$1"));
const positive = z.coerce.number().int().min(1);

export const databaseVariables = {
  /** The owner's address of the database; the application itself works as the role tintype_app. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: positive.max(100).default(8),
};

export const storageVariables = {
  S3_ENDPOINT: z.url(),
  /** Where browsers reach the store, when that is another address than the one this process uses. */
  S3_PUBLIC_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().min(1).default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  S3_UPLOADS_BUCKET: z.string().min(3).default("tintype-uploads"),
  S3_OUTPUTS_BUCKET: z.string().min(3).default("tintype-outputs"),
  S3_FORCE_PATH_STYLE: flag.default(true),
};

export const jobVariables = {
  JOBS_PER_HOUR: positive.default(jobDefaults.jobsPerHour),
  CONCURRENT_JOBS_PER_USER: positive.default(jobDefaults.concurrentJobsPerUser),
  JOB_MAX_ATTEMPTS: positive.max(20).default(jobDefaults.maxAttempts),
  IMAGE_DEADLINE_SECONDS: positive.default(jobDefaults.deadlineSeconds.image),
  VIDEO_DEADLINE_SECONDS: positive.default(jobDefaults.deadlineSeconds.video),
};

export const linkVariables = {
  /** Signs links in letters that work without signing in: the same for the server, which reads them, and the worker. */
  LINK_SECRET: z.string().min(32).optional(),
};

export const metricsVariables = {
  /** Whoever reads /metrics from another machine shows it as a bearer token. */
  METRICS_TOKEN: z.string().min(16).optional(),
};

export const accountVariables = {
  /**
   * Welcome credits, rewards and imported balances wait until the address of the account is confirmed. Off in
   * development, where letters go nowhere.
   */
  REQUIRE_VERIFIED_EMAIL: flag.default(true),
};

/** Both or none: without them nothing is sold, and webhooks are answered with 503. */
export const paymentVariables = {
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  /** Of the webhook endpoint `PUBLIC_URL/webhooks/stripe`: "whsec_…". */
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  /** Stripe's own address unless given: the emulator's at the desk. */
  STRIPE_API_BASE: originUrl.optional(),
};

export const processVariables = {
  /** The address people type: in letters, for cookies and for the Origin check. */
  PUBLIC_URL: originUrl,
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** Set by whoever starts this process and wants it gone with them: it ends when stdin or IPC closes. */
  SUPERVISED: flag.default(false),
};

type StorageEnvironment = z.infer<z.ZodObject<typeof storageVariables>>;
type JobEnvironment = z.infer<z.ZodObject<typeof jobVariables>>;

/** The store's settings in the words of integrations/storage. */
export const storageSettings = (env: StorageEnvironment) => ({
  endpoint: env.S3_ENDPOINT,
  publicEndpoint: env.S3_PUBLIC_ENDPOINT,
  region: env.S3_REGION,
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY,
  uploadsBucket: env.S3_UPLOADS_BUCKET,
  outputsBucket: env.S3_OUTPUTS_BUCKET,
  forcePathStyle: env.S3_FORCE_PATH_STYLE,
});

type PaymentEnvironment = z.infer<z.ZodObject<typeof paymentVariables>>;

/** @returns null when nothing is sold here. @throws Error when only one of the two secrets is there */
export function paymentSettings(env: PaymentEnvironment) {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = env;
  if (secretKey === undefined && webhookSecret === undefined) return null;
  if (secretKey === undefined || webhookSecret === undefined) {
    const missing = secretKey === undefined ? "STRIPE_SECRET_KEY" : "STRIPE_WEBHOOK_SECRET";
    throw new Error(`The environment is not complete:\n  ${missing}: payments need both secrets`);
  }
  return { secretKey, webhookSecret, apiBase: env.STRIPE_API_BASE };
}

/** The queue's numbers in the words of the services. */
export const jobSettings = (env: JobEnvironment) => ({
  jobsPerHour: env.JOBS_PER_HOUR,
  concurrentJobsPerUser: env.CONCURRENT_JOBS_PER_USER,
  maxAttempts: env.JOB_MAX_ATTEMPTS,
  leaseSeconds: jobDefaults.leaseSeconds,
  retryBackoffSeconds: jobDefaults.retryBackoffSeconds,
  deadlineSeconds: { image: env.IMAGE_DEADLINE_SECONDS, video: env.VIDEO_DEADLINE_SECONDS },
});

/**
 * @param variables usually `process.env`; an empty variable counts as none: somebody left it blank in a file
 * @throws Error that names every variable that is missing or wrong, or public beside a public PUBLIC_URL
 */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  variables: Record<string, string | undefined>,
): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const published = publishedSecrets(given);
  if (published.length > 0)
    throw new Error(`The environment is not safe:\n  ${published.join("\n  ")}`);
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`The environment is not complete:\n${lines.join("\n")}`);
}
