import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { superviseProcess } from "@tintype/local-cloud/supervised-process";
import { lastLines } from "../processes/program.ts";

export const rootDir = path.resolve(import.meta.dirname, "../../..");
export const webDir = path.join(rootDir, "apps/web");
export const webDist = path.join(webDir, "dist");

/** What the built SPA is made of. */
const SOURCES = ["apps/web", "packages/core/src", "pnpm-lock.yaml"];

const viteScript = () =>
  path.join(path.dirname(fileURLToPath(import.meta.resolve("vite/package.json"))), "bin/vite.js");

/** Runs Vite on this very Node, whatever the PATH says. */
export const viteCommand = (...args: string[]) => [process.execPath, viteScript(), ...args];

/** Builds the SPA unless the last build is newer than everything it is made of. */
export async function ensureWebBuild(env: NodeJS.ProcessEnv): Promise<void> {
  if (isBuilt()) return;
  const build = superviseProcess(viteCommand("build"), { cwd: webDir, env });
  const ended = await build.exited;
  if (ended === "exit code 0") return;
  throw new Error(`The web build failed (${ended}).\n${lastLines(build.log(), 40)}`);
}

function isBuilt(): boolean {
  const page = path.join(webDist, "index.html");
  if (!existsSync(page)) return false;
  const builtAt = statSync(page).mtimeMs;
  return SOURCES.every((source) => newestIn(path.join(rootDir, source)) <= builtAt);
}

/** Milliseconds since 1970 of the latest change below. */
function newestIn(target: string): number {
  const stats = statSync(target);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = readdirSync(target).filter((name) => name !== "node_modules" && name !== "dist");
  return Math.max(0, ...names.map((name) => newestIn(path.join(target, name))));
}
