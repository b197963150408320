import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { platformProblem } from "./platform.ts";
import { whenLauncherDies } from "./processes/launcher.ts";
import { acquireLock } from "./processes/lock.ts";
import type { StackMode } from "./stack/settings.ts";
import { rootDir } from "./stack/web-build.ts";
import { startStack } from "./stack.ts";
import { printLine, readyMessage } from "./terminal.ts";

const LOCK = "running.lock";
const DOUBLE_SIGNAL_MS = 1_000;

/** Runs the stack in the foreground until a signal, a crash or the launcher's death ends it. */
export async function run(mode: StackMode): Promise<void> {
  const problem = platformProblem();
  if (problem) return fail(problem);
  const { values } = parseArgs({ options: { reset: { type: "boolean", default: false } } });
  const envFile = path.join(rootDir, ".env");
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const dataDir = path.join(rootDir, ".tintype");

  try {
    const unlock = acquireLock(path.join(dataDir, LOCK));
    process.once("exit", unlock);
    if (values.reset) clear(dataDir);
    await runUntilAsked(mode, dataDir);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  // An open socket of a client must not keep a finished run alive.
  process.exit();
}

async function runUntilAsked(mode: StackMode, dataDir: string): Promise<void> {
  let isReady = false;
  const asked = askedToStop().then(() => {
    // In mid-start there is nothing to wait for: the parts notice that we are gone, and stop.
    if (!isReady) process.exit(130);
    return undefined;
  });
  const stack = await startStack({ mode, dataDir, ports: "preferred", onLine: printLine });
  isReady = true;
  console.log(readyMessage(stack, process.uptime()));
  const failure = await Promise.race([stack.failed, asked]);
  if (failure) fail(failure);
  await stack.stop();
}

/** Resolves at the first Ctrl-C, SIGTERM, SIGHUP or death of npm. A later Ctrl-C does not wait. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = () => {
      firstAt ??= Date.now();
      // One Ctrl-C may come twice: from the terminal, and from the package manager above us.
      if (Date.now() - firstAt > DOUBLE_SIGNAL_MS) process.exit(130);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    whenLauncherDies(stop);
  });
}

/** Everything but the lock, which we hold. */
function clear(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name !== LOCK) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  }
}

function fail(message: string): void {
  console.error(`\n${message}\n`);
  process.exitCode = 1;
}
