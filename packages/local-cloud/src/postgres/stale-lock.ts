import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const SHUTDOWN_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/**
 * Clears what a killed run left behind. A server that is still stopping is waited for; a pid file
 * whose number now belongs to another program (usual after a reboot or in a container) is removed.
 * Throws when a PostgreSQL goes on running on the folder.
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const deadline = Date.now() + SHUTDOWN_TIMEOUT_MS;
  for (;;) {
    const pid = readPostmasterPid(dataDir);
    if (pid === undefined) return;
    if (!isPostgres(pid)) return rmSync(path.join(dataDir, "postmaster.pid"), { force: true });
    if (Date.now() > deadline) {
      throw new Error(`PostgreSQL (pid ${pid}) is already running on ${dataDir}. Stop it first.`);
    }
    await delay(POLL_MS);
  }
}

/** The process id that a running, or a killed, PostgreSQL wrote into its data folder. */
export function readPostmasterPid(dataDir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path.join(dataDir, "postmaster.pid"), "utf8"), 10);
    return Number.isInteger(pid) ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isPostgres(pid: number): boolean {
  return commandName(pid).startsWith("postgres");
}

/** Empty when there is no such process. macOS has no /proc, so it is asked through ps. */
function commandName(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    const command = execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" });
    return path.basename(command.trim());
  } catch {
    return ""; // Both ways fail only when the process is gone.
  }
}
