import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export type Usage = { cpuMs: number; residentBytes: number };

/** Linux reports times to every program in this unit, whatever its kernel counts in. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

/** What a process has used so far; null when it is gone. */
export async function usageOf(pid: number): Promise<Usage | null> {
  try {
    return process.platform === "linux" ? await fromProc(pid) : await fromPs(pid);
  } catch {
    // Neither /proc nor ps knows the process: it has ended since we looked.
    return null;
  }
}

async function fromProc(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold spaces; the fields behind it do not. The first of them is number 3 in proc(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return {
    cpuMs: (field(14) + field(15)) * TICK_MS,
    residentBytes: field(24) * PAGE_BYTES,
  };
}

async function fromPs(pid: number): Promise<Usage> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "rss=,time=", "-p", String(pid)]);
  const [kilobytes = "0", time = "0"] = stdout.trim().split(/\s+/);
  const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuMs: seconds * 1_000, residentBytes: Number(kilobytes) * 1_024 };
}
