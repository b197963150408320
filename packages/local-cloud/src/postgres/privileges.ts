import { spawnSync } from "node:child_process";
import { chownSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import type { PostgresBinaries } from "./binaries.ts";

/** "nobody": exists on every system, so nothing has to be created on the host. */
const NOBODY = 65_534;

/** How a command is started so that PostgreSQL accepts its user: it refuses to run as root. */
export type Privileges = {
  /** Put before the command. */
  prefix: string[];
  /** Given to spawn; absent means the user we already are. */
  ids: { uid?: number; gid?: number };
  /** Who must own the data folder; undefined means whoever makes it. */
  owner: number | undefined;
};

const AS_WE_ARE: Privileges = { prefix: [], ids: {}, owner: undefined };

const AS_NOBODY: Privileges = { prefix: [], ids: { uid: NOBODY, gid: NOBODY }, owner: NOBODY };

/** Nobody, but allowed to pass through folders that are closed to others, such as /root. */
const AS_NOBODY_PASSING: Privileges = {
  prefix: [
    "setpriv",
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    // Without it access(2) ignores the capability, and PostgreSQL asks access(2) about itself.
    "--securebits=+no_setuid_fixup",
  ],
  ids: {},
  owner: NOBODY,
};

/** Root under another number: a user namespace in which root is not mapped shows it as nobody. */
const IN_USER_NAMESPACE: Privileges = { prefix: ["unshare", "-U"], ids: {}, owner: 0 };

/**
 * Makes the data folder and picks the first way in which the programs and the folder are within
 * reach. A folder that was made another way before is handed over to its new owner.
 */
export function preparePrivileges(binaries: PostgresBinaries, dataDir: string): Privileges {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return AS_WE_ARE;

  for (const privileges of [AS_NOBODY, AS_NOBODY_PASSING, IN_USER_NAMESPACE]) {
    if (privileges.owner !== undefined) giveTo(dataDir, privileges.owner);
    if (canReach(privileges, binaries, dataDir)) return privileges;
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and no other user can reach ${dataDir}. Run as an ordinary user, open the parent folders to others (chmod o+x), or set DATABASE_URL.`,
  );
}

function canReach(
  { prefix, ids }: Privileges,
  { initdb, postgres }: PostgresBinaries,
  dir: string,
) {
  const script = 'test -x "$1" && test -x "$2" && test -w "$3" && test -x "$3"';
  const [command = "/bin/sh", ...args] = [...prefix, "/bin/sh"];
  const shell = [...args, "-c", script, "reach", initdb, postgres, dir];
  return spawnSync(command, shell, { ...ids, cwd: "/", stdio: "ignore" }).status === 0;
}

/** Only walks the tree when the top differs, so that a warm start stays quick. */
function giveTo(target: string, owner: number): void {
  if (lstatSync(target).uid === owner) return;
  for (const entry of readdirSync(target, { withFileTypes: true })) {
    const child = path.join(target, entry.name);
    if (entry.isDirectory()) giveTo(child, owner);
    else if (entry.isFile()) chownSync(child, owner, owner);
  }
  chownSync(target, owner, owner);
}
