import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { outageOf } from "@tintype/core/problems";
import { type RunningPostgres, startPostgres } from "@tintype/local-cloud/postgres";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type ConnectOptions, connect, type DatabaseConnection, type Db } from "../client.ts";
import { startWire, type Wire } from "../testing/wire.ts";

// A server of its own, which is killed, and durable: what it has acknowledged is there after a crash.
let dataDir: string;
let server: RunningPostgres;
let wire: Wire;
let pools: DatabaseConnection[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "tintype-pool-"));
  server = await startPostgres({ dataDir: path.join(dataDir, "postgres") });
  wire = await startWire(server.url);
  await open().db.execute(sql`create table kept (id int primary key)`);
});
afterEach(async () => {
  wire.resume();
  wire.hangUp(false);
  await Promise.all(pools.map(({ close }) => close()));
  pools = [];
});
afterAll(async () => {
  await wire.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function open(options: ConnectOptions = {}): DatabaseConnection {
  const pool = connect(wire.url, { role: null, maxConnections: 2, waitMs: 100, ...options });
  pools.push(pool);
  return pool;
}
const codeOf = async (answer: Promise<unknown>) =>
  outageOf(await answer.catch((error: unknown) => error))?.problem.code;
const one = async (db: Db) => (await db.execute(sql`select 1`)).length;

/** Transactions that hold their connections and do nothing. */
async function occupy(db: Db, count: number): Promise<{ release: () => Promise<unknown> }> {
  const held = Promise.withResolvers<void>();
  const inside = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const transactions = inside.map(({ resolve }) =>
    db.transaction(async () => {
      resolve();
      await held.promise;
    }),
  );
  await Promise.all(inside.map(({ promise }) => promise));
  return {
    release: () => {
      held.resolve();
      return Promise.all(transactions);
    },
  };
}

test("while all connections are in use callers wait so long and no longer, and are told `busy`", async () => {
  const { db, statistics } = open();
  const busy = await occupy(db, 2);
  expect(await codeOf(one(db))).toBe("busy");
  expect(await codeOf(db.transaction((tx) => one(tx as unknown as Db)))).toBe("busy");
  expect(statistics()).toMatchObject({ inUse: 2, waiting: 0, refused: 2 });
  const patient = open({ waitMs: 60_000 });
  const others = await occupy(patient.db, 2);
  const waiting = one(patient.db);
  await expect.poll(() => patient.statistics().waiting).toBe(1);
  await others.release();
  expect(await waiting).toBe(1);
  await busy.release();
  expect(await one(db)).toBe(1);
});

test("who comes when too many wait already is refused at once", async () => {
  const { db, statistics } = open({ waitMs: 60_000, maxConnections: 1 });
  const busy = await occupy(db, 1);
  const answers = Array.from({ length: 5_010 }, () => one(db));
  const refused = await Promise.all(answers.slice(5_000).map(codeOf));
  expect(refused).toEqual(Array.from({ length: 10 }, () => "busy"));
  expect(statistics().waiting).toBe(5_000);
  await busy.release();
  expect(await Promise.all(answers.slice(0, 5_000))).not.toContain(0);
});

test("they are served in the order in which they came", async () => {
  const { db } = open({ waitMs: 60_000, maxConnections: 1 });
  const busy = await occupy(db, 1);
  const order: number[] = [];
  const answers = Array.from({ length: 50 }, async (_, n) => {
    await db.execute(sql`select 1`);
    order.push(n);
  });
  await busy.release();
  await Promise.all(answers);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("a database that hangs is `unavailable`, for who has a connection, who waits for one and who needs a new one", async () => {
  const { db } = open({ statementTimeoutMs: 100 });
  expect(await Promise.all([one(db), one(db)])).toEqual([1, 1]);
  wire.stall();
  const answers = await Promise.all(Array.from({ length: 6 }, () => codeOf(one(db))));
  expect(answers).toEqual(Array.from({ length: 6 }, () => "unavailable"));
  expect(await codeOf(one(open({ statementTimeoutMs: 100 }).db))).toBe("unavailable");
  wire.resume();
  expect(await one(db)).toBe(1);
});

test("a server that hangs up during the handshake is `unavailable`, and is not stormed", async () => {
  const { db } = open();
  wire.hangUp(true);
  const before = wire.connects();
  const answers = await Promise.all(Array.from({ length: 20 }, () => codeOf(one(db))));
  expect(answers).toEqual(Array.from({ length: 20 }, () => "unavailable"));
  expect(wire.connects() - before).toBeLessThanOrEqual(20);
  wire.hangUp(false);
  expect(await one(db)).toBe(1);
});

test("no server at all is `unavailable`, and so is one that is not ready or has been taken away", async () => {
  const nobody = connect("postgres://postgres@127.0.0.1:1/postgres");
  expect(await codeOf(one(nobody.db))).toBe("unavailable");
  await nobody.close();
  const missing = connect(wire.url.replace(/postgres$/, "no_such_database"));
  expect(await codeOf(one(missing.db))).toBe("unavailable");
  await missing.close();
  const { db } = open();
  const cut = codeOf(one(db).then(() => db.execute(sql`select pg_sleep(5)`)));
  const terminate = sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where query like 'select pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
  await expect.poll(async () => (await open().db.execute(terminate)).length).toBe(1);
  expect(await cut).toBe("unavailable");
  expect(await one(db)).toBe(1);
});

test("a lock that is not given in time and a deadlock are `busy`; what is wrong with a statement is nobody's outage", async () => {
  const { db } = open({ maxConnections: 3, waitMs: 60_000 });
  const { db: other } = open();
  await db.execute(sql`insert into kept values (-1), (-2)`);
  const lock = (tx: Db, id: number) =>
    tx.execute(sql`select 1 from kept where id = ${id} for update`);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const cross = (mine: number, theirs: number, locked: () => void, other: Promise<void>) =>
    db.transaction(async (tx) => {
      await lock(tx as unknown as Db, mine);
      locked();
      await other;
      await lock(tx as unknown as Db, theirs);
    });
  const answers = [
    cross(-1, -2, first.resolve, second.promise),
    cross(-2, -1, second.resolve, first.promise),
  ];
  expect((await Promise.all(answers.map(codeOf))).toSorted()).toEqual(["busy", undefined]);
  const impatient = db.transaction(async (tx) => {
    await lock(tx as unknown as Db, -1);
    await other.transaction(async (late) => {
      await late.execute(sql`set local lock_timeout = '20ms'`);
      await lock(late as unknown as Db, -1);
    });
  });
  expect(await codeOf(impatient)).toBe("busy");
  await expect(db.execute(sql`select 1 / 0`)).rejects.toMatchObject({ cause: { code: "22012" } });
});

test("a restart of the server under a full queue loses nothing that was acknowledged, and the pool goes on by itself", async () => {
  const { db, statistics } = open({ maxConnections: 4, waitMs: 60_000 });
  const acknowledged = new Set<number>();
  let next = 0;
  const keep = async () => {
    next += 1;
    const id = next;
    if (id % 3 === 0) {
      await db.transaction((tx) => tx.execute(sql`insert into kept values (${id})`));
    } else await db.execute(sql`insert into kept values (${id})`);
    acknowledged.add(id);
  };
  const { port } = new URL(server.url);
  for (let restart = 0; restart < 2; restart += 1) {
    const storm = Array.from({ length: 1_500 }, keep).map((answer) => codeOf(answer));
    await Promise.race(storm);
    process.kill(server.pid, "SIGQUIT");
    await server.exited;
    const codes = new Set(await Promise.all(storm));
    expect([...codes].toSorted()).toEqual(["unavailable", undefined]);
    server = await startPostgres({ dataDir: path.join(dataDir, "postgres"), port: Number(port) });
  }
  await Promise.all(Array.from({ length: 100 }, keep));
  const rows = await db.execute<{ id: number }>(sql`select id from kept`);
  const kept = new Set(rows.map(({ id }) => id));
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(100);
  const transactions = await db.execute(
    sql`select 1 from pg_stat_activity where state like 'idle in%'`,
  );
  expect([...transactions]).toEqual([]);
  expect(statistics()).toMatchObject({ leftOpen: 0, waiting: 0 });
});

test("closing lets what was asked for finish, and refuses what comes later", async () => {
  const pool = open({ maxConnections: 1, waitMs: 60_000 });
  const asked = Promise.all(Array.from({ length: 20 }, () => one(pool.db)));
  await expect.poll(() => pool.statistics().waiting).toBeGreaterThan(0);
  const closed = pool.close();
  expect(await codeOf(one(pool.db))).toBe("unavailable");
  expect(await asked).not.toContain(0);
  await closed;
  expect(pool.statistics()).toMatchObject({ open: 0, waiting: 0, lost: 0 });
});
