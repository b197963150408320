import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Privileges } from "./privileges.ts";

const KEPT_LOG_CHARACTERS = 32_000;
const STOP_TIMEOUT_MS = 15_000;

/**
 * Runs PostgreSQL and waits for our end of the pipe to close: a normal stop and our own death, even
 * by SIGKILL, look the same to it. SIGINT is PostgreSQL's fast shutdown. The shell also ends when
 * PostgreSQL does, so that a failed start is seen.
 */
const SUPERVISE = `
exec 3<&0
"$@" 3<&- </dev/null & server=$!
trap "" INT TERM HUP
(read _ <&3; kill -INT $server) 2>/dev/null & watcher=$!
exec 3<&-
wait $server; code=$?
kill -KILL $watcher 2>/dev/null
exit $code`;

export type Supervised = {
  /** Settles when the server is gone, for whatever reason. Never rejects. */
  exited: Promise<void>;
  /** The end of what the server wrote. */
  log(): string;
  /** Resolves to true once the log shows `text`, to false if the server ended before. */
  logged(text: string): Promise<boolean>;
  stop(): Promise<void>;
};

export function supervise(command: string[], { prefix, ids }: Privileges): Supervised {
  const [program = "/bin/sh", ...args] = [
    ...[...prefix, "/bin/sh", "-c", SUPERVISE, "postgres-supervisor"],
    ...command,
  ];
  const child = spawn(program, args, {
    ...ids,
    env: { ...process.env, LC_ALL: "C" },
    cwd: "/",
    stdio: ["pipe", "ignore", "pipe"],
    detached: true, // A Ctrl-C in the terminal is for us; PostgreSQL stops after its clients.
  });
  // Writing to a supervisor that is already gone is not a failure: its exit is what we wait for.
  child.stdin?.on("error", () => undefined);

  let text = "";
  const exited = ended(child).then((problem) => {
    if (problem) text += problem;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-KEPT_LOG_CHARACTERS);
  });

  return {
    exited,
    log: () => text,
    logged: (wanted) => {
      const seen = new Promise<boolean>((resolve) => {
        const look = () => text.includes(wanted) && resolve(true);
        child.stderr?.on("data", look);
        look();
      });
      return Promise.race([seen, exited.then(() => false)]);
    },
    stop: async () => {
      child.stdin?.end();
      const timer = setTimeout(() => killGroup(child), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function ended(child: ChildProcess): Promise<string | undefined> {
  try {
    await once(child, "close");
    return undefined;
  } catch (error) {
    return `could not be started: ${String(error)}`;
  }
}

/** The group holds the shell and the postmaster; backends notice the death of their postmaster. */
function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
}
