import {
  databaseVariables,
  jobVariables,
  linkVariables,
  parseEnvironment,
  paymentVariables,
  processVariables,
  storageVariables,
} from "@tintype/core/environment";
import { z } from "zod";

const schema = z.object({
  ...databaseVariables,
  ...storageVariables,
  ...jobVariables,
  ...linkVariables,
  ...paymentVariables,
  ...processVariables,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default("Tintype <no-reply@tintype.local>"),
  /** Jobs this process works on at once; each has a child process of its own. */
  WORKER_SLOTS: z.coerce.number().int().min(1).max(32).default(1),
  /** /healthz and /readyz; 0 takes any free port. */
  /** /healthz and /readyz; not PORT, which is the server's in a shared .env. 0 takes any free port. */
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  /** How long a running job may go on when the worker is told to stop. */
  WORKER_DRAIN_SECONDS: z.coerce.number().int().min(0).max(600).default(20),
});
export type Env = z.infer<typeof schema>;

export const readEnv = (variables: NodeJS.ProcessEnv = process.env): Env =>
  parseEnvironment(schema, variables);
