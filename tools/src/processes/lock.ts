import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isSameProcess, type ProcessInfo, readProcess } from "./process-info.ts";

const ATTEMPTS = 5;

export class LockedError extends Error {
  readonly pid: number;

  constructor(pid: number) {
    super(`Tintype is already running in this folder (process ${pid}). Stop it first.`);
    this.name = "LockedError";
    this.pid = pid;
  }
}

/**
 * Keeps a second run away from the data of the first. A lock whose process is gone, or whose number
 * went to another process, does not count.
 * @returns the function that gives the lock back
 * @throws LockedError when another process holds it
 */
export function acquireLock(file: string): () => void {
  const self = readProcess(process.pid);
  if (!self) throw new Error("this process cannot find itself in the system's process table");
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ pid: self.pid, startedAt: self.startedAt }));
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryLink(draft, file)) return () => rmSync(file, { force: true });
      const holder = readHolder(file);
      if (holder && isSameProcess(holder)) throw new LockedError(holder.pid);
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new Error(`several processes are fighting for ${file}`);
}

/** A hard link is made whole or not at all, and never over a file that is there. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): Pick<ProcessInfo, "pid" | "startedAt"> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Pick<ProcessInfo, "pid" | "startedAt">;
  } catch {
    return undefined; // Just given back, or not ours to begin with: free either way.
  }
}
