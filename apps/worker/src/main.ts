import { createLogger } from "@tintype/integrations/process/logger";
import { runProcess } from "@tintype/integrations/process/run-process";
import { readEnv } from "./env.ts";
import { startWorker } from "./worker.ts";

const env = readEnv();
const logger = createLogger("worker", env.LOG_LEVEL);
runProcess({
  logger,
  supervised: env.SUPERVISED,
  start: () => startWorker(env, logger),
  onStarted: ({ port }) => logger.info({ port, slots: env.WORKER_SLOTS }, "taking jobs"),
});
