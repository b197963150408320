import {
  databaseVariables,
  jobVariables,
  linkVariables,
  metricsVariables,
  parseEnvironment,
  paymentVariables,
  processVariables,
  storageVariables,
} from "@tintype/core/environment";
import { z } from "zod";

const orphanSweepPercent = z.coerce.number().min(0).max(100).default(10);

const schema = z.object({
  ...databaseVariables,
  ...storageVariables,
  ...jobVariables,
  ...linkVariables,
  ...metricsVariables,
  ...paymentVariables,
  ...processVariables,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default("Tintype <no-reply@tintype.local>"),
  /** Jobs this process works on at once; each has a child process of its own. */
  WORKER_SLOTS: z.coerce.number().int().min(1).max(32).default(1),
  /** /healthz, /readyz and /metrics; not PORT, which is the server's in a shared .env. 0 takes any free port. */
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  /** The largest part of a bucket that the sweep of objects without a row may move to the trash by itself; 0: nothing. */
  ORPHAN_SWEEP_MAX_PERCENT: orphanSweepPercent,
  /** How long a running job may go on when the worker is told to stop. */
  WORKER_DRAIN_SECONDS: z.coerce.number().int().min(0).max(600).default(20),
});
export type Env = z.infer<typeof schema>;

export const readEnv = (variables: NodeJS.ProcessEnv = process.env): Env =>
  parseEnvironment(schema, variables);

const sweepSchema = z.object({
  DATABASE_URL: databaseVariables.DATABASE_URL,
  ...storageVariables,
  ORPHAN_SWEEP_MAX_PERCENT: orphanSweepPercent,
});
export type SweepEnv = z.infer<typeof sweepSchema>;

/** All that a sweep by hand needs. */
export const readSweepEnv = (variables: NodeJS.ProcessEnv = process.env): SweepEnv =>
  parseEnvironment(sweepSchema, variables);
