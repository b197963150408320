import { pino } from "pino";
import { readEnv } from "./env.ts";
import { startWorker } from "./worker.ts";

const env = readEnv();
const logger = pino({ level: env.LOG_LEVEL, base: { service: "worker" } });
const worker = await startWorker(env, logger);
logger.info({ port: worker.port, slots: env.WORKER_SLOTS }, "taking jobs");

let stopping = false;
function stop(reason: string): void {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, "stopping");
  worker.stop().then(
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
  process.stdin.resume();
}
