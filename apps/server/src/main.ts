import { createLogger } from "@tintype/integrations/process/logger";
import { runProcess } from "@tintype/integrations/process/run-process";
import { readEnv } from "./env.ts";
import { startServer } from "./server.ts";

const env = readEnv();
const logger = createLogger("server", env.LOG_LEVEL);
runProcess({
  logger,
  supervised: env.SUPERVISED,
  start: () => startServer(env, logger),
  onStarted: ({ port }) => logger.info({ port, url: env.PUBLIC_URL }, "listening"),
});
