import type { Logger } from "./logger.ts";

export type RunningProcess = { stop: () => Promise<void> };

type Options<Running> = {
  logger: Logger;
  /** Whoever started this process wants it gone with them: it ends when stdin or the IPC channel closes. */
  supervised: boolean;
  start: () => Promise<Running>;
  onStarted: (running: Running) => void;
};

/**
 * The life of a server or worker process: starts, says so, and stops cleanly at the first signal. A stop that
 * comes while it is still starting waits for that. A start that fails is told in one line and ends with 1.
 */
export function runProcess<Running extends RunningProcess>(options: Options<Running>): void {
  const { logger, supervised, start, onStarted } = options;
  const starting = start();
  starting.then(onStarted, (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    logger.fatal({ err: error }, `could not start: ${message}`);
    process.exit(1);
  });

  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, "stopping");
    starting
      .then((running) => running.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, "did not stop cleanly");
          process.exit(1);
        },
      );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  if (!supervised) return;
  process.on("disconnect", () => stop("parent disconnected"));
  process.stdin.on("close", () => stop("parent closed stdin"));
  process.stdin.on("end", () => stop("parent closed stdin"));
  process.stdin.resume();
}

/** Names the setting that is most likely wrong when an outside service cannot be used at start. */
export async function explained<T>(advice: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Error(`${advice} (${reason})`, { cause: error });
  }
}
