import { setTimeout as delay } from "node:timers/promises";
import { type SupervisedProcess, superviseProcess } from "@tintype/local-cloud/supervised-process";

const POLL_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;
const START_TIMEOUT_MS = 60_000;

export type ProgramOptions = {
  name: string;
  command: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Answers 2xx as soon as the program is ready to work. */
  readyUrl: string;
  /** How long it may take to end; 10 seconds when not given. */
  graceSeconds?: number;
  onLine?: (name: string, line: string) => void;
};

export type Program = SupervisedProcess & { name: string; ready: Promise<void> };

/** Starts one program of the stack. `ready` rejects when it ends before, or is not ready in time. */
export function startProgram(options: ProgramOptions): Program {
  const { name, command, cwd, env, readyUrl, onLine } = options;
  const write = onLine ? lineWriter((line) => onLine(name, line)) : undefined;
  const supervised = superviseProcess(command, {
    cwd,
    env,
    ...(write ? { onOutput: write } : {}),
    ...(options.graceSeconds === undefined ? {} : { graceSeconds: options.graceSeconds }),
  });
  const ready = untilReady(name, readyUrl, supervised);
  // Whoever started us may be busy with another part's failure; this one is then reported by that.
  ready.catch(() => undefined);
  return { ...supervised, name, ready };
}

async function untilReady(name: string, url: string, { exited, log }: SupervisedProcess) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended: string | undefined;
  const end = exited.then((reason) => {
    ended = reason;
  });
  while (!(await answersWell(url))) {
    if (ended !== undefined) throw new Error(`${name} ended before it was ready (${ended})`);
    if (Date.now() > deadline) {
      const seconds = START_TIMEOUT_MS / 1_000;
      throw new Error(`${name} was not ready within ${seconds} s at ${url}\n${lastLines(log())}`);
    }
    await Promise.race([delay(POLL_MS), end]);
  }
}

async function answersWell(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await reply.body?.cancel();
    return reply.ok;
  } catch {
    return false; // Nobody listens yet: the reason we ask again.
  }
}

export function lastLines(log: string, count = 20): string {
  return log.trimEnd().split("\n").slice(-count).join("\n");
}

/** Cuts chunks into lines; a line is passed on when it is whole. */
function lineWriter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
}
