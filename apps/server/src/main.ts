import { readEnv } from "./env.ts";
import { createLogger } from "./logger.ts";
import { startServer } from "./server.ts";

const env = readEnv();
const logger = createLogger(env.LOG_LEVEL);
const starting = startServer(env, logger);

let stopping = false;
/** May come while the server is still starting: it then stops as soon as it has. */
function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  starting
    .then((server) => server.stop())
    .then(
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

const { port } = await starting;
logger.info({ port, url: env.PUBLIC_URL }, "listening");
