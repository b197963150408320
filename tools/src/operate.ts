import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { readRunningStack } from "./stack/running-stack.ts";
import { rootDir } from "./stack/web-build.ts";
import { preloadsOf } from "./stack.ts";

/** What an operator does beside the running stack: on the services that .env names, else on those that it embeds. */
const commands: Record<string, string> = {
  admin: "apps/server/src/admin.ts",
  sweep: "apps/worker/src/sweep.ts",
};

const [name = "", ...args] = process.argv.slice(2);
const script = commands[name];
if (script === undefined) throw new Error(`which command? ${Object.keys(commands).join(" or ")}`);

const envFile = path.join(rootDir, ".env");
if (existsSync(envFile)) process.loadEnvFile(envFile);
const embedded = readRunningStack(path.join(rootDir, ".tintype"));
if (embedded === undefined && !process.env.DATABASE_URL) {
  console.error(
    "Nothing is running in this folder and DATABASE_URL is not set. Start it first (npm start), or name your database.",
  );
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  [...preloadsOf(embedded ?? {}), path.join(rootDir, script), ...args],
  { env: { ...embedded, ...process.env }, stdio: "inherit" },
);
process.exitCode = status ?? 1;
