import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DomainError, OutageError } from "@tintype/core/problems";
import { childEnvironment } from "@tintype/studio/env";
import { type Usage, usageOf } from "./child-usage.ts";
import type { ImageAnswer, ImageRequest } from "./image-requests.ts";
import type { CleanImage, Thumbnail } from "./images.ts";

export type ImageLimits = {
  /** Processor time of one picture. Unlike time on the wall it does not grow with what else the machine does. */
  cpuMs: number;
  residentBytes: number;
  /** Milliseconds on the wall: only a machine that is overloaded gets there before `cpuMs`. */
  wallMs: number;
};

/** One child process, started at its first picture and again after it was killed or died. */
export type ImageSlot = {
  run(request: ImageRequest, signal?: AbortSignal): Promise<CleanImage | Thumbnail>;
  close(): Promise<void>;
};

const HEAP_MEGABYTES = 192;
const LOOK_EVERY_MS = 100;
/** A child that keeps more than this after its work is replaced: pictures leave holes in its memory. */
const KEPT_BYTES = 300_000_000;
const RETRY_SECONDS = 5;
/** How a decoder dies of a file, as opposed to being killed by somebody. */
const CRASHES: readonly (NodeJS.Signals | null)[] = [
  "SIGSEGV",
  "SIGABRT",
  "SIGBUS",
  "SIGILL",
  "SIGTRAP",
  "SIGFPE",
];

export function createImageSlot(limits: ImageLimits): ImageSlot {
  let child: ChildProcess | undefined;
  const isAlive = () =>
    child?.connected && !child.killed && child.exitCode === null && child.signalCode === null;
  return {
    async run(request, signal) {
      signal?.throwIfAborted();
      if (!isAlive()) child = startChild();
      const used = child as ChildProcess;
      const image = await converse(used, request, limits, signal);
      const usage = used.pid === undefined ? null : await usageOf(used.pid);
      if (usage && usage.residentBytes > KEPT_BYTES) await kill(used);
      return image;
    },
    async close() {
      if (child && isAlive()) await kill(child);
    },
  };
}

function startChild(): ChildProcess {
  const child = fork(fileURLToPath(new URL("./image-child.ts", import.meta.url)), {
    serialization: "advanced",
    // Two arenas: with one a thread, what a picture leaves free is of little use to the next.
    env: { ...childEnvironment(), MALLOC_ARENA_MAX: "2" },
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // Who waits for an answer is told by its own listener; an idle child that dies is replaced when it is needed.
  child.on("error", () => {});
  hold(child, false);
  return child;
}

/** An idle child must not keep a finished program running. */
function hold(child: ChildProcess, isBusy: boolean): void {
  const how = isBusy ? "ref" : "unref";
  child[how]();
  child.channel?.[how]();
}

const kill = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.ref();
    child.once("exit", () => resolve());
    // Only SIGKILL stops a decoder in the middle of a picture.
    child.kill("SIGKILL");
  });

/** One picture. An abort or a broken limit kills the child, and says whose fault that was. */
async function converse(
  child: ChildProcess,
  request: ImageRequest,
  limits: ImageLimits,
  signal: AbortSignal | undefined,
): Promise<CleanImage | Thumbnail> {
  hold(child, true);
  let failure: unknown;
  const stop = (reason: unknown) => {
    failure ??= reason;
    child.kill("SIGKILL");
  };
  const abort = () => stop(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const unwatch = watch(child, limits, stop);
  const { promise, resolve, reject } = Promise.withResolvers<CleanImage | Thumbnail>();
  const listen = (answer: ImageAnswer) => {
    if (answer.type === "done") resolve(answer.image);
    else reject(errorOf(answer));
  };
  const died = (code: number | null, by: NodeJS.Signals | null) =>
    reject(failure ?? deathOf(code, by));
  const failed = (error: Error) => reject(failure ?? busy("the decoder cannot be started", error));
  child.on("message", listen).once("exit", died).on("error", failed);
  try {
    child.send(request, (error) => error && failed(error));
    return await promise;
  } finally {
    unwatch();
    signal?.removeEventListener("abort", abort);
    child.off("message", listen).off("exit", died).off("error", failed);
    if (child.connected) hold(child, false);
  }
}

/** @returns stops watching */
function watch(child: ChildProcess, limits: ImageLimits, stop: (reason: unknown) => void) {
  let first: Usage | null = null;
  const look = async () => {
    const usage = child.pid === undefined ? null : await usageOf(child.pid);
    if (!usage) return;
    first ??= usage;
    const isOver =
      usage.cpuMs - first.cpuMs > limits.cpuMs || usage.residentBytes > limits.residentBytes;
    if (isOver) stop(new DomainError({ code: "upload_too_complex" }));
  };
  void look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  const late = setTimeout(() => stop(busy("a picture took too long")), limits.wallMs);
  return () => {
    clearInterval(timer);
    clearTimeout(late);
  };
}

function errorOf(answer: Exclude<ImageAnswer, { type: "done" }>): Error {
  if (answer.type === "failed") return new Error(answer.message);
  return new DomainError(answer.problem, { cause: new Error(answer.cause) });
}

/** A decoder that crashes does so because of the file; one that was killed, by the system or a person, does not. */
function deathOf(code: number | null, by: NodeJS.Signals | null): Error {
  const cause = new Error(`the decoder ended with ${by ?? code}`);
  if (CRASHES.includes(by)) return new DomainError({ code: "upload_unreadable" }, { cause });
  return busy("the decoder was killed", cause);
}

const busy = (message: string, cause?: Error) =>
  new OutageError({ code: "busy", retryAfterSeconds: RETRY_SECONDS }, message, { cause });
