import { catalogueNames } from "@tintype/core/catalogue";
import { jobDefaults } from "@tintype/core/jobs";
import { z } from "zod";

const flag = z.stringbool();
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

const schema = z.object({
  /** The owner's address of the database; the application itself works as the role tintype_app. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(8),
  S3_ENDPOINT: z.url(),
  S3_PUBLIC_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().min(1).default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  S3_UPLOADS_BUCKET: z.string().min(3).default("tintype-uploads"),
  S3_OUTPUTS_BUCKET: z.string().min(3).default("tintype-outputs"),
  S3_FORCE_PATH_STYLE: flag.default(true),
  /** Off when somebody else makes the buckets and their CORS rules. */
  S3_MANAGE_BUCKETS: flag.default(true),
  /** The address people type: in letters, for cookies and for the Origin check. */
  PUBLIC_URL: origin,
  /** Where the SPA is served at the desk, when that is not PUBLIC_URL. */
  WEB_ORIGIN: origin.optional(),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** The built SPA; without it the server answers the API only. */
  STATIC_DIR: z.string().optional(),
  CATALOG: z.enum(catalogueNames).default("studio"),
  JOBS_PER_HOUR: z.coerce.number().int().min(1).default(jobDefaults.jobsPerHour),
  CONCURRENT_JOBS_PER_USER: z.coerce
    .number()
    .int()
    .min(1)
    .default(jobDefaults.concurrentJobsPerUser),
  /** Reverse proxies in front whose X-Forwarded-For is to be believed. */
  TRUST_PROXY_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  /** Requests of one network address; 0 is no limit. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).default(1_200),
  /** Live updates one network address may have open; 0 is no limit. */
  STREAMS_PER_ADDRESS: z.coerce.number().int().min(0).default(100),
  /** Whoever reads /metrics from another machine shows it as a bearer token. */
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  /** Set by whoever starts this process and wants it gone with them: it ends when stdin or IPC closes. */
  SUPERVISED: flag.default(false),
});
export type Env = z.infer<typeof schema>;

/** @throws Error that names every variable that is missing or wrong */
export function readEnv(variables: NodeJS.ProcessEnv = process.env): Env {
  // An empty variable is one that somebody left blank in a file: the same as none.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`The environment is not complete:\n${lines.join("\n")}`);
}
