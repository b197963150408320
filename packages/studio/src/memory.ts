import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";

const PAGE_BYTES = 4096;
const EVERY_MS = 500;

/**
 * Kills the child when it holds more than `limitBytes` of real memory. Pictures live outside the
 * JavaScript heap, so the heap limit alone does not hold them. Only Linux tells us cheaply; elsewhere
 * the pixel limits of the decoder are the only guard.
 * @returns stops watching
 */
export function watchMemory(child: ChildProcess, limitBytes: number): () => void {
  if (process.platform !== "linux") return () => {};
  const timer = setInterval(async () => {
    if (child.pid && (await residentBytes(child.pid)) > limitBytes) child.kill("SIGKILL");
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** 0 when the process is gone. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    const pages = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1];
    return Number(pages) * PAGE_BYTES;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code !== "EACCES") return 0;
    throw error;
  }
}
