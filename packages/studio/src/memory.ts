import { type ChildProcess, execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const EVERY_MS = 500;

/**
 * Kills the child when it holds more than `limitBytes` of real memory. Pictures live outside the
 * JavaScript heap, so the heap limit alone does not hold them.
 * @returns stops watching
 */
export function watchMemory(child: ChildProcess, limitBytes: number): () => void {
  const timer = setInterval(async () => {
    if (child.pid && (await residentBytes(child.pid)) > limitBytes) child.kill("SIGKILL");
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Real memory of a process; 0 when it is gone. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    return (await residentKilobytes(pid)) * 1024;
  } catch {
    // Neither /proc nor ps knows the process: it has ended since we looked.
    return 0;
  }
}

/** Linux tells for the price of reading a file; elsewhere `ps` has to be asked. */
async function residentKilobytes(pid: number): Promise<number> {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
  return Number(stdout.trim());
}
