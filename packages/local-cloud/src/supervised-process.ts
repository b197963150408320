import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const KEPT_LOG_CHARACTERS = 32_000;
const SUPERVISOR_SLACK_SECONDS = 2;

/**
 * Runs a program and waits for our end of the pipe to close: a normal stop and our own death, even
 * by SIGKILL, look the same to it. Then the program gets its signal and, after the grace time, the
 * whole group is killed. It ends when the program does, and takes along what the program left
 * running. The shell itself writes nowhere: once we are dead, a word from it would end it by SIGPIPE.
 * $0 is the signal's name, $1 the grace time in seconds, the rest the command.
 */
const SUPERVISE = `
exec 3<&0
grace=$1; shift
"$@" 3<&- </dev/null & program=$!
exec >/dev/null 2>&1
trap "" INT TERM HUP PIPE
(
  trap - TERM
  read _ <&3
  kill -"$0" $program
  sleep $grace
  kill -KILL 0
) & watcher=$!
exec 3<&-
wait $program; code=$?
kill -KILL $watcher
kill -TERM 0
exit $code`;

export type SupervisedOptions = {
  /** What asks the program to end. TERM when not given. */
  stopSignal?: "TERM" | "INT";
  /** Seconds between that signal and SIGKILL. 10 when not given. */
  graceSeconds?: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Another user to run as. */
  ids?: { uid?: number; gid?: number };
  /** Put before the supervisor itself, for example setpriv. */
  prefix?: string[];
  /** Sees both streams, as they come. */
  onOutput?: (chunk: string) => void;
};

export type SupervisedProcess = {
  /** Settles when the program is gone, for whatever reason: "exit code 1", "SIGKILL". Never rejects. */
  exited: Promise<string>;
  /** The end of what the program wrote. */
  log(): string;
  /** Resolves to true once the log shows `text`, to false if the program ended before. */
  logged(text: string): Promise<boolean>;
  stop(): Promise<void>;
};

/** Starts a program that cannot outlive this process, however this process ends. */
export function superviseProcess(
  command: string[],
  options: SupervisedOptions = {},
): SupervisedProcess {
  const { stopSignal = "TERM", graceSeconds = 10, env, cwd, ids, prefix = [], onOutput } = options;
  const supervisor = [...prefix, "/bin/sh", "-c", SUPERVISE, stopSignal, String(graceSeconds)];
  const [program = "/bin/sh", ...args] = [...supervisor, ...command];
  const child = spawn(program, args, {
    ...ids,
    ...(env ? { env } : {}),
    ...(cwd ? { cwd } : {}),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // A Ctrl-C in the terminal is for us; we stop the parts in their order.
  });
  // Writing to a supervisor that is already gone is not a failure: its exit is what we wait for.
  child.stdin.on("error", () => undefined);

  let log = "";
  const listeners = new Set<() => void>();
  const take = (chunk: string) => {
    log = (log + chunk).slice(-KEPT_LOG_CHARACTERS);
    onOutput?.(chunk);
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  const exited = reasonOfEnd(child);

  return {
    exited,
    log: () => log,
    logged: (text) => {
      const seen = new Promise<boolean>((resolve) => {
        const look = () => void (log.includes(text) && resolve(true));
        listeners.add(look);
        look();
      });
      return Promise.race([seen, exited.then(() => log.includes(text))]);
    },
    stop: async () => {
      child.stdin.end();
      // The supervisor kills in time by itself; this is for one that somebody has killed in part.
      const limitMs = (graceSeconds + SUPERVISOR_SLACK_SECONDS) * 1_000;
      const timer = setTimeout(() => killGroup(child), limitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
}

async function reasonOfEnd(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    return signal ?? `exit code ${code}`;
  } catch (error) {
    return `it could not be started: ${String(error)}`;
  }
}
