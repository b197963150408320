import { readEnv } from "./env.ts";
import { createLogger } from "./logger.ts";
import { startServer } from "./server.ts";

const env = readEnv();
const logger = createLogger(env.LOG_LEVEL);
const server = await startServer(env, logger);
logger.info({ port: server.port, url: env.PUBLIC_URL }, "listening");

let stopping = false;
function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  server.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ err: error }, "did not stop cleanly");
      process.exit(1);
    },
  );
}

process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
if (env.SUPERVISED) {
  process.on("disconnect", () => stop("parent disconnected"));
  process.stdin.on("close", () => stop("parent closed stdin"));
  process.stdin.on("end", () => stop("parent closed stdin"));
  process.stdin.resume();
}
