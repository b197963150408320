import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import type { Privileges } from "./privileges.ts";

const FILE = "tintype-password";
const BYTES = 32;
/** Only who shows the password, whatever the address: any program and any user of the machine reaches a loopback port. */
const ACCESS = "host all all all scram-sha-256\n";

/**
 * The superuser's password, made when the data folder has none yet: it is new, or from the time when everybody on the
 * machine was let in. The server must not be running.
 */
export function keptPassword(
  { postgres }: PostgresBinaries,
  { prefix, ids, owner }: Privileges,
  dataDir: string,
  superuser: string,
): string {
  const file = path.join(dataDir, FILE);
  if (existsSync(file)) return readFileSync(file, "utf8");

  const password = randomBytes(BYTES).toString("hex");
  // Its 256 bits need no stretching, and tests open thousands of connections.
  const settings = ["password_encryption=scram-sha-256", "scram_iterations=1"];
  const flags = settings.flatMap((setting) => ["-c", setting]);
  const [program = postgres, ...args] = [...prefix, postgres];
  const result = spawnSync(program, [...args, "--single", "-D", dataDir, ...flags, "postgres"], {
    ...ids,
    cwd: "/",
    env: { ...process.env, LC_ALL: "C" },
    input: `alter role ${superuser} password '${password}'\n`,
    encoding: "utf8",
  });
  if (result.status !== 0 || /\b(ERROR|FATAL):/.test(result.stderr))
    throw new Error(`PostgreSQL took no password in ${dataDir}:\n${result.error ?? result.stderr}`);
  writeFileSync(path.join(dataDir, "pg_hba.conf"), ACCESS);
  // Last: without it the next start does all of this again.
  writeFileSync(file, password, { mode: 0o600 });
  if (owner !== undefined) chownSync(file, owner, owner);
  return password;
}
