import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Where the commands beside a running stack find it. With its secrets, so for nobody else's eyes. */
const fileIn = (dataDir: string) => path.join(dataDir, "running.json");

/** @returns the function that takes it away again */
export function announceStack(dataDir: string, env: Record<string, string>): () => void {
  const file = fileIn(dataDir);
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(env), { mode: 0o600, flag: "wx" });
  return () => rmSync(file, { force: true });
}

/** The variables of the services that a stack here embeds; undefined when none has said that it runs. */
export function readRunningStack(dataDir: string): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
