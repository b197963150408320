import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { freePort } from "./ports.ts";
import { findBinaries, type PostgresBinaries } from "./postgres/binaries.ts";
import { keptPassword } from "./postgres/password.ts";
import { type Privileges, preparePrivileges } from "./postgres/privileges.ts";
import { clearStaleLock, readPostmasterPid } from "./postgres/stale-lock.ts";
import { type SupervisedProcess, superviseProcess } from "./supervised-process.ts";

const START_ATTEMPTS = 3;
const SUPERUSER = "postgres";

/** Test flags: a crash of the machine may lose the data, which a test database never needs. */
const FAST_SETTINGS = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  "autovacuum_naptime=1h",
];

export type PostgresOptions = {
  /** Made on the first start; survives a restart. */
  dataDir: string;
  /** A free one when not given. */
  port?: number;
  /** Gives durability up for speed. For tests only. */
  fast?: boolean;
};

export type RunningPostgres = {
  /** Superuser, database "postgres", with its password, which is kept in the data folder. It listens on 127.0.0.1 only. */
  url: string;
  /** Of the postmaster. */
  pid: number;
  /** Settles when the server is gone, by `stop` or by a crash, and says how. Never rejects. */
  exited: Promise<string>;
  /** Close the pools first: a connection that is cut reports 57P01. */
  stop(): Promise<void>;
};

/**
 * Starts the PostgreSQL that npm installed, as root (it then runs as nobody) or as a user. It stops
 * with this process, however that ends. Throws with the end of the server's log if it cannot start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = path.resolve(options.dataDir);
  const binaries = await findBinaries();
  const privileges = preparePrivileges(binaries, dataDir);
  await clearStaleLock(dataDir);
  if (!existsSync(path.join(dataDir, "PG_VERSION"))) initialise(binaries, privileges, dataDir);
  const password = keptPassword(binaries, privileges, dataDir, SUPERUSER);

  let log = "";
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const port = options.port ?? (await freePort());
    const command = serverCommand(binaries.postgres, dataDir, port, options.fast ?? false);
    const server = superviseProcess(command, {
      stopSignal: "INT", // PostgreSQL's fast shutdown: it does not wait for its clients.
      env: { ...process.env, LC_ALL: "C" },
      cwd: "/",
      prefix: privileges.prefix,
      ids: privileges.ids,
    });
    if (await server.logged("ready to accept connections")) {
      return running(server, dataDir, `${SUPERUSER}:${password}@127.0.0.1:${port}`);
    }
    log = `${server.log()}\n${await server.exited}`;
    const lostPortRace = log.includes("Address already in use") && options.port === undefined;
    if (!lostPortRace) break;
  }
  throw new Error(`PostgreSQL did not start on ${dataDir}. The end of its log:\n${tail(log)}`);
}

function running(server: SupervisedProcess, dataDir: string, authority: string): RunningPostgres {
  const pid = readPostmasterPid(dataDir);
  if (pid === undefined) throw new Error(`PostgreSQL left no postmaster.pid in ${dataDir}`);
  const url = `postgres://${authority}/postgres`;
  return { url, pid, exited: server.exited, stop: server.stop };
}

function initialise(binaries: PostgresBinaries, { prefix, ids }: Privileges, dataDir: string) {
  const [program = binaries.initdb, ...args] = [...prefix, binaries.initdb];
  const settings = [
    ...["--pgdata", dataDir, "--username", SUPERUSER, "--auth=reject", "--encoding=UTF8"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
    ...["--no-sync", "--no-instructions"],
  ];
  const env = { ...process.env, LC_ALL: "C" };
  const result = spawnSync(program, [...args, ...settings], {
    ...ids,
    env,
    cwd: "/",
    encoding: "utf8",
  });
  if (result.status === 0) return;
  const reason = result.error ? String(result.error) : tail(result.stderr);
  throw new Error(`PostgreSQL could not make its data folder ${dataDir}:\n${reason}`);
}

function serverCommand(postgres: string, dataDir: string, port: number, fast: boolean): string[] {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=256MB",
    "shared_preload_libraries=pg_stat_statements",
    "timezone=UTC",
    "log_timezone=UTC",
    ...(fast ? FAST_SETTINGS : []),
  ];
  const flags = settings.flatMap((setting) => ["-c", setting]);
  return [postgres, "-D", dataDir, "-p", String(port), ...flags];
}

function tail(log: string): string {
  return log.trimEnd().split("\n").slice(-15).join("\n");
}
