import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { afterEach, expect, inject, test } from "vitest";
import { startPostgres } from "./postgres.ts";
import "./testing.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Open to "nobody" only when asked: a mkdtemp folder is 0700, like /root. */
function folder({ open }: { open: boolean }): string {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-pg-"));
  if (open) chmodSync(dir, 0o755);
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return path.join(dir, "data");
}

async function start(dataDir: string, port?: number) {
  const server = await startPostgres({ dataDir, fast: true, ...(port ? { port } : {}) });
  cleanups.push(server.stop);
  return server;
}

async function query(url: string, statement: string) {
  const sql = postgres(url, { max: 1 });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventuallyGone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; await isAlive(pid); ) {
    if (Date.now() > deadline) throw new Error(`process ${pid} is still there`);
    await delay(20);
  }
}

test("the server of the test run speaks UTC and UTF-8, whatever the machine is set to", async () => {
  const [row] = await query(
    inject("postgresUrl"),
    "select current_setting('timezone') as zone, lower('Ä') as lower, version() as version",
  );
  expect(row).toMatchObject({ zone: "UTC", lower: "ä" });
  expect(row?.version).toMatch(/^PostgreSQL 18\./);
});

test.each([true, false])("data survives a restart (folder open to others: %s)", async (open) => {
  const dataDir = folder({ open });
  const first = await start(dataDir);
  await query(first.url, "create table kept as select 42 as answer");
  await first.stop();
  expect(await isAlive(first.pid)).toBe(false);

  const second = await start(dataDir);
  expect(await query(second.url, "select answer from kept")).toMatchObject([{ answer: 42 }]);
  if (process.getuid?.() === 0) expect(statSync(dataDir).uid).toBe(65_534);
});

test("a server that was killed starts again, also when its pid belongs to another program", async () => {
  const dataDir = folder({ open: true });
  const first = await start(dataDir);
  process.kill(first.pid, "SIGKILL");
  await first.exited;
  writeFileSync(path.join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n`);

  const second = await start(dataDir);
  expect(await query(second.url, "select 1 as one")).toMatchObject([{ one: 1 }]);
});

test("a start that fails says why, with the end of the server's log", async () => {
  const taken = await start(folder({ open: true }));
  const port = Number(new URL(taken.url).port);
  await expect(start(folder({ open: true }), port)).rejects.toThrow(/Address already in use/);
});

test("no server outlives a parent that is killed with SIGKILL", async () => {
  const dataDir = folder({ open: true });
  const program = `
    const { startPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, "postgres.ts"))});
    const { pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, fast: true });
    process.stdout.write(pid + "\\n");
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanups.push(() => parent.kill("SIGKILL"));
  const [line] = await once(createInterface(parent.stdout), "line");

  parent.kill("SIGKILL");

  await eventuallyGone(Number(line));
});

test("nobody comes in without the password, which a restart keeps and another folder does not have", async () => {
  const dataDir = folder({ open: true });
  const first = await start(dataDir);
  expect(await query(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
  const address = new URL(first.url);
  const other = await start(folder({ open: true }));
  for (const password of ["", "postgres", new URL(other.url).password]) {
    const guess = new URL(address);
    guess.password = password;
    await expect(query(guess.href, "select 1")).rejects.toThrow(/password/);
  }
  await first.stop();
  expect(new URL((await start(dataDir)).url).password).toBe(address.password);
});

test("a folder from the time without passwords keeps its data and gets one", async () => {
  const dataDir = folder({ open: true });
  const before = await start(dataDir);
  await query(before.url, "create table kept as select 7 as seven");
  await before.stop();
  rmSync(path.join(dataDir, "tintype-password"));
  writeFileSync(path.join(dataDir, "pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");

  const after = await start(dataDir);
  expect(await query(after.url, "select seven from kept")).toEqual([{ seven: 7 }]);
  const guess = new URL(after.url);
  guess.password = "";
  await expect(query(guess.href, "select 1")).rejects.toThrow(/password/);
});
