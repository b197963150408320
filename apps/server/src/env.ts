import { catalogueNames } from "@tintype/core/catalogue";
import {
  accountVariables,
  databaseVariables,
  flag,
  jobVariables,
  linkVariables,
  metricsVariables,
  originUrl,
  parseEnvironment,
  paymentVariables,
  processVariables,
  storageVariables,
} from "@tintype/core/environment";
import { liveLimits } from "@tintype/core/live";
import { z } from "zod";

const count = z.coerce.number().int().min(0);

const schema = z.object({
  ...databaseVariables,
  ...storageVariables,
  ...jobVariables,
  ...linkVariables,
  ...accountVariables,
  ...metricsVariables,
  ...paymentVariables,
  ...processVariables,
  /** Off when somebody else makes the buckets and their CORS rules. */
  S3_MANAGE_BUCKETS: flag.default(true),
  /** Where the SPA is served at the desk, when that is not PUBLIC_URL. */
  WEB_ORIGIN: originUrl.optional(),
  PORT: count.max(65_535).default(3000),
  /** The built SPA; without it the server answers the API only. */
  STATIC_DIR: z.string().optional(),
  CATALOG: z.enum(catalogueNames).default("studio"),
  /** Reverse proxies in front whose X-Forwarded-For is to be believed. */
  TRUST_PROXY_HOPS: count.max(5).default(0),
  /** Procedures of one network address, each of a batch; 0 is no limit. */
  RATE_LIMIT_PER_MINUTE: count.default(1_200),
  /** Live updates one network address may have open; 0 is no limit. */
  STREAMS_PER_ADDRESS: count.default(100),
  /** Of one user, in this process: a browser needs one; 0 is no limit. */
  STREAMS_PER_USER: count.default(liveLimits.streamsPerUser),
  /** Whoever calls /cron/rollover shows it as a bearer token; without it nobody may. */
  CRON_SECRET: z.string().min(16).optional(),
});
export type Env = z.infer<typeof schema>;

export const readEnv = (variables: NodeJS.ProcessEnv = process.env): Env =>
  parseEnvironment(schema, variables);

const migrationSchema = z.object({
  DATABASE_URL: databaseVariables.DATABASE_URL,
  CATALOG: schema.shape.CATALOG,
});

const importSchema = z.object({
  DATABASE_URL: databaseVariables.DATABASE_URL,
  ...accountVariables,
});

/** All that bringing balances from another system needs. */
export const readImportEnv = (
  variables: NodeJS.ProcessEnv = process.env,
): z.infer<typeof importSchema> => parseEnvironment(importSchema, variables);

/** All that bringing a database up to date needs. */
export const readMigrationEnv = (
  variables: NodeJS.ProcessEnv = process.env,
): z.infer<typeof migrationSchema> => parseEnvironment(migrationSchema, variables);
