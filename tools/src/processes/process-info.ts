import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A running process. `startedAt` tells two processes apart that had the same number. */
export type ProcessInfo = {
  pid: number;
  parentPid: number;
  startedAt: string;
  /** Program and arguments, as far as the process has not renamed itself. */
  command: string;
};

/** Undefined when the process is gone; one that is dead and only not yet collected counts as gone. */
export function readProcess(pid: number): ProcessInfo | undefined {
  try {
    return process.platform === "linux" ? readProc(pid) : askPs(pid);
  } catch {
    return undefined; // /proc has no such folder, ps no such line.
  }
}

function readProc(pid: number): ProcessInfo | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold anything, also spaces: what counts begins after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parentPid] = fields;
  if (state === "Z" || state === "X") return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  return { pid, parentPid: Number(parentPid), startedAt: fields[19] ?? "", command };
}

function askPs(pid: number): ProcessInfo | undefined {
  const format = ["-o", "state=", "-o", "ppid=", "-o", "lstart=", "-o", "command="];
  const line = execFileSync("ps", [...format, "-p", String(pid)], { encoding: "utf8" }).trim();
  const parts = line.match(/^(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/);
  if (!parts || parts[1]?.startsWith("Z")) return undefined;
  const [, , parentPid, startedAt = "", command = ""] = parts;
  return { pid, parentPid: Number(parentPid), startedAt, command };
}

/** Whether it is still that very process, and not another one that got its number. */
export function isSameProcess(known: Pick<ProcessInfo, "pid" | "startedAt">): boolean {
  return readProcess(known.pid)?.startedAt === known.startedAt;
}
