import { type ChildProcess, fork } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "./env.ts";
import { StudioFailure } from "./failure.ts";
import { watchMemory } from "./memory.ts";
import type { FromChild, ToChild } from "./messages.ts";
import type { ReportProgress, StudioOutput, StudioRequest } from "./request.ts";

/** One child process, started at its first run and again after it was killed or died. */
export type Slot = {
  run(
    request: StudioRequest,
    options: { onProgress?: ReportProgress | undefined; signal?: AbortSignal | undefined },
  ): Promise<StudioOutput[]>;
  close(): Promise<void>;
};

const HEAP_MEGABYTES = 768;
/** Heap, pictures and the network's memory together; the largest job we know needs half of it. */
const RESIDENT_BYTES = 2_000_000_000;
const KEPT_ERROR_CHARACTERS = 2_000;

export function createSlot(): Slot {
  let child: StudioChild | undefined;
  return {
    async run(request, { onProgress, signal }) {
      signal?.throwIfAborted();
      child = child?.alive() ? child : startChild();
      return converse(child, request, onProgress, signal);
    },
    async close() {
      await child?.kill();
    },
  };
}

type StudioChild = {
  process: ChildProcess;
  exited: Promise<string>;
  alive(): boolean;
  kill(): Promise<void>;
};

function startChild(): StudioChild {
  const script = fileURLToPath(new URL("./child.ts", import.meta.url));
  const process = fork(script, {
    serialization: "advanced",
    env: childEnvironment(),
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  process.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  const stopWatching = watchMemory(process, RESIDENT_BYTES);
  const exited = new Promise<string>((resolve) => {
    const gone = (why: string) => {
      stopWatching();
      resolve(`${why} ${errors}`.trim());
    };
    process.once("exit", (code, signal) => gone(`the child ended with ${signal ?? code}`));
    process.once("error", (error) => gone(`the child failed: ${error.message}`));
  });
  // An idle child must not keep a finished program running.
  process.unref();
  process.channel?.unref();
  if (process.stderr instanceof Socket) process.stderr.unref();
  return {
    process,
    exited,
    alive: () => process.connected && process.exitCode === null && process.signalCode === null,
    async kill() {
      // Only SIGKILL stops a loop of pixels or a running network at once.
      process.ref();
      process.kill("SIGKILL");
      await exited;
    },
  };
}

/** One request and its answer. An abort kills the child; a dead child rejects only this request. */
async function converse(
  child: StudioChild,
  request: StudioRequest,
  onProgress: ReportProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<StudioOutput[]> {
  const { process } = child;
  process.ref();
  process.channel?.ref();
  let stop = () => {};
  try {
    return await new Promise<StudioOutput[]>((resolve, reject) => {
      const listen = (message: FromChild) => {
        if (message.type === "progress") onProgress?.(message.percent, message.stage);
        else if (message.type === "done") resolve(message.outputs);
        else reject(new StudioFailure(message.code, message.message));
      };
      const abort = () => void child.kill().then(() => reject(signal?.reason));
      stop = () => {
        process.off("message", listen);
        signal?.removeEventListener("abort", abort);
      };
      process.on("message", listen);
      signal?.addEventListener("abort", abort, { once: true });
      void child.exited.then((why) => {
        if (!signal?.aborted) reject(new StudioFailure("provider_failed", why));
      });
      process.send(request satisfies ToChild, (error) => {
        if (error) reject(new StudioFailure("provider_failed", "the child cannot be reached"));
      });
    });
  } finally {
    stop();
    if (child.alive()) {
      process.unref();
      process.channel?.unref();
    }
  }
}
