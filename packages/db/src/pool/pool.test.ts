import { outageOf } from "@tintype/core/problems";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { type ConnectOptions, connect, type DatabaseConnection, type Db } from "../client.ts";
import { startWire, type Wire } from "../testing/wire.ts";
import { createTestDatabase, type TestDatabase } from "../testing.ts";

// What porsager/postgres#823, #1189, #1193, #1195, #1199, #1210 and #1218 report of the driver, and what else can
// happen to a connection. Each test ends with: every acknowledged row is there, no transaction is open.

let database: TestDatabase;
let wire: Wire;
let owner: DatabaseConnection;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  owner = connect(database.url, { role: null });
  await owner.db.execute(sql`create table kept (id int primary key)`);
  await owner.db.execute(sql`grant all on kept to tintype_app`);
  wire = await startWire(database.url);
});
afterAll(async () => {
  await wire.close();
  await owner.close();
  await database.drop();
});

/** No caller is refused because the machine has other work. */
const PATIENT_MS = 60_000;

const acknowledged = new Set<number>();
let nextId = 0;
beforeEach(() => {
  wire.resume();
  wire.hangUp(false);
  wire.onRequest(() => "pass");
});

/** A pool that is closed and judged when its test ends. */
async function withPool(
  options: ConnectOptions,
  work: (pool: DatabaseConnection) => Promise<void>,
): Promise<void> {
  const pool = connect(wire.url, { maxConnections: 4, waitMs: PATIENT_MS, ...options });
  try {
    await work(pool);
  } finally {
    wire.resume();
    wire.hangUp(false);
    wire.onRequest(() => "pass");
    const open = await owner.db.execute(sql`
      select pid, state, query from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`);
    await pool.close();
    const rows = await owner.db.execute<{ id: number }>(sql`select id from kept`);
    const kept = new Set(rows.map(({ id }) => id));
    expect(
      [...acknowledged].filter((id) => !kept.has(id)),
      "acknowledged and lost",
    ).toEqual([]);
    expect([...open], "transactions that nobody owns").toEqual([]);
  }
}

/** One row; its id is acknowledged once the answer is there. */
async function keep(db: Db): Promise<number> {
  nextId += 1;
  const id = nextId;
  await db.execute(sql`insert into kept values (${id})`);
  acknowledged.add(id);
  return id;
}
async function keepInTransaction(
  db: Db,
  between?: (tx: Db, id: number) => Promise<unknown>,
): Promise<number> {
  nextId += 1;
  const id = nextId;
  await db.transaction(async (tx) => {
    await tx.execute(sql`insert into kept values (${id})`);
    await between?.(tx as unknown as Db, id);
  });
  acknowledged.add(id);
  return id;
}
const many = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, (_, n) => make(n)));
const refusals = (answers: PromiseSettledResult<unknown>[]) =>
  answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as Error] : []));
const sleep = (db: Db, seconds: number) => db.execute(sql`select pg_sleep(${seconds})`);
const measure = async (db: Db, text: string): Promise<number> =>
  (await db.execute(sql`select length(${text})`)).length;
const isKept = async (id: number) =>
  (await owner.db.execute(sql`select 1 from kept where id = ${id}`)).length === 1;

test("busy transactions, a hundred plain statements and one more transaction: 48 acknowledged inserts are kept", async () => {
  await withPool({ maxConnections: 8 }, async ({ db }) => {
    const busy = many(8, () => db.transaction((tx) => sleep(tx as unknown as Db, 0.3)));
    await sleep(owner.db, 0.1);
    const plain = many(100, () => db.execute(sql`select 1`));
    const more = keepInTransaction(db);
    expect(refusals([...(await busy), ...(await plain)])).toEqual([]);
    await more;
    for (let n = 0; n < 24; n += 1) await keep(db);
    expect(refusals(await many(24, () => keep(db)))).toEqual([]);
  });
});

test.each([1, 2, 8])(
  "with %i connections a transaction begins at every length of the queue around the driver's pipeline",
  async (maxConnections) => {
    await withPool({ maxConnections }, async ({ db }) => {
      for (const length of [
        0,
        1,
        98,
        99,
        100,
        101,
        102,
        99 * maxConnections,
        100 * maxConnections,
      ]) {
        const plain = many(length, () => db.execute(sql`select ${length}::int`));
        const mixed = many(4, (n) => (n % 2 === 0 ? keepInTransaction(db) : keep(db)));
        expect(refusals([...(await plain), ...(await mixed)]), `after ${length}`).toEqual([]);
      }
    });
  },
);

test("while a socket is full of large statements, transactions begin and end as their own", async () => {
  await withPool({ maxConnections: 2 }, async ({ db }) => {
    const large = "x".repeat(1024 * 1024);
    await keep(db);
    wire.stall();
    const answers = many(24, (n) => (n % 3 === 0 ? measure(db, large) : keepInTransaction(db)));
    await sleep(owner.db, 0.05);
    wire.resume();
    expect(refusals(await answers)).toEqual([]);
  });
});

test("nothing of others reaches a connection that is inside a transaction", async () => {
  await withPool({ maxConnections: 2 }, async ({ db }) => {
    const held = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<number>();
    const transaction = db.transaction(async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      inside.resolve(row?.pid ?? 0);
      await held.promise;
      throw new Error("rolled back");
    });
    const pid = await inside.promise;
    const others = await many(300, async () => {
      const [row] = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await keep(db);
      return row?.pid;
    });
    held.resolve();
    await expect(transaction).rejects.toThrow("rolled back");
    expect(refusals(others)).toEqual([]);
    expect(others).not.toContainEqual({ status: "fulfilled", value: pid });
  });
});

test("transactions that are cancelled at the server while they begin, work or commit lose only themselves", async () => {
  await withPool({}, async ({ db }) => {
    let isDone = false;
    const storm = async () => {
      while (!isDone) {
        await owner.db.execute(sql`
          select pg_cancel_backend(pid) from pg_stat_activity
          where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
            and state <> 'idle'`);
      }
    };
    const storming = storm();
    const answers = await many(400, (n) => (n % 2 === 0 ? keepInTransaction(db) : keep(db)));
    isDone = true;
    await storming.catch(() => undefined);
    for (const error of refusals(answers))
      expect(outageOf(error)?.problem.code).toBe("unavailable");
    expect(refusals(await many(20, () => keep(db)))).toEqual([]);
  });
});

test.each(["cut", "cut after"] as const)(
  "a connection that is lost while begin is on its way (%s) loses only that transaction",
  async (cut) => {
    await withPool({}, async ({ db, statistics }) => {
      await many(8, () => keep(db));
      let cuts = 0;
      wire.onRequest((chunk) => {
        const isHit = chunk.includes("begin") && ++cuts % 3 === 0;
        return isHit ? cut : "pass";
      });
      const answers = await many(120, (n) => (n % 2 === 0 ? keepInTransaction(db) : keep(db)));
      const lost = refusals(answers);
      expect(lost.length).toBeGreaterThan(0);
      for (const error of lost) expect(outageOf(error)?.problem.code).toBe("unavailable");
      expect(statistics().lost).toBeGreaterThanOrEqual(lost.length);
      expect(statistics().leftOpen).toBe(0);
    });
  },
);

test.each(["insert", "commit"])(
  "a connection lost at %s, in the middle of a transaction, ends neither the process nor the pool",
  async (at) => {
    await withPool({ maxConnections: 2 }, async ({ db }) => {
      wire.onRequest((chunk) => (chunk.includes(at) ? "cut" : "pass"));
      const after = Promise.withResolvers<unknown>();
      const lost = db.transaction(async (tx) => {
        const outcome = tx.execute(sql`insert into kept values (-1)`);
        await outcome.catch(() => undefined);
        // The work goes on for a while without knowing.
        after.resolve(await tx.execute(sql`select 2`).catch((error: unknown) => error));
      });
      const error = await lost.catch((reason: unknown) => reason);
      expect(outageOf(error)?.problem.code).toBe("unavailable");
      if (at === "insert") expect(await after.promise).toBeInstanceOf(Error);
      wire.onRequest(() => "pass");
      expect(await isKept(-1)).toBe(false);
      await keepInTransaction(db);
    });
  },
);

test("work that waits for something else is told when its transaction is lost", async () => {
  await withPool({ maxConnections: 1 }, async ({ db }) => {
    const waiting = Promise.withResolvers<void>();
    const lost = db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      waiting.resolve();
      await new Promise(() => undefined);
    });
    await waiting.promise;
    wire.cut();
    await expect(lost).rejects.toMatchObject({ problem: { code: "unavailable" } });
    // Its place is free again.
    await keep(db);
  });
});

test("a statement that times out inside a transaction takes the transaction with it, even if the work hides it", async () => {
  await withPool({ statementTimeoutMs: 150, maxConnections: 2 }, async ({ db }) => {
    const ids: number[] = [];
    const hidden = keepInTransaction(db, async (tx, id) => {
      ids.push(id);
      await sleep(tx, 5).catch(() => undefined);
    });
    const others = many(30, () => keep(db));
    await expect(hidden).rejects.toMatchObject({ problem: { code: "unavailable" } });
    await expect(keepInTransaction(db, (tx) => sleep(tx, 5))).rejects.toThrow();
    expect(refusals(await others)).toEqual([]);
    for (const id of ids) expect(await isKept(id)).toBe(false);
  });
});

test("what fails inside a transaction and is not awaited is not committed over", async () => {
  await withPool({}, async ({ db }) => {
    const careless = db.transaction(async (tx) => {
      await tx.execute(sql`insert into kept values (-2)`);
      void tx.execute(sql`select 1 / 0`).catch(() => undefined);
    });
    await expect(careless).rejects.toMatchObject({ code: "22012" });
    expect(await isKept(-2)).toBe(false);
  });
});

test("a statement of a transaction that has ended is refused, whoever has its connection now", async () => {
  await withPool({ maxConnections: 1 }, async ({ db }) => {
    let leaked: Db | undefined;
    await keepInTransaction(db, async (tx) => {
      leaked = tx;
    });
    const other = db.transaction(async () => {
      await expect(leaked?.execute(sql`insert into kept values (-3)`)).rejects.toMatchObject({
        cause: { message: expect.stringContaining("came too late") },
      });
    });
    await other;
    expect(await isKept(-3)).toBe(false);
  });
});

test("a savepoint gives back what was done in it and keeps the rest", async () => {
  await withPool({}, async ({ db }) => {
    nextId += 2;
    const [outer, inner] = [nextId - 1, nextId];
    await db.transaction(async (tx) => {
      await tx.execute(sql`insert into kept values (${outer})`);
      const nested = tx.transaction(async (deeper) => {
        await deeper.execute(sql`insert into kept values (${inner})`);
        await deeper.execute(sql`insert into kept values (${outer})`);
      });
      await expect(nested).rejects.toMatchObject({ cause: { code: "23505" } });
    });
    acknowledged.add(outer);
    expect(await isKept(inner)).toBe(false);
  });
});

test("asking the pool inside a transaction is refused: enough of those would wait for each other for ever", async () => {
  await withPool({ maxConnections: 1 }, async ({ db }) => {
    const nested = db.transaction(async () => void (await db.execute(sql`select 1`)));
    await expect(nested).rejects.toMatchObject({
      cause: { message: "inside a transaction only the transaction itself may be asked" },
    });
  });
});

test("a plain statement that leaves a transaction open fails, and its connection is closed before anybody else has it", async () => {
  await withPool({ maxConnections: 1 }, async ({ db, statistics }) => {
    for (const text of ["begin", "begin; insert into kept values (-4)", "start transaction"]) {
      const leaving = db.execute(sql.raw(text));
      await expect(leaving).rejects.toMatchObject({
        cause: { message: "a database connection was left transaction and has been closed" },
      });
      await keep(db);
    }
    await expect(db.execute(sql.raw("begin; select 1 / 0"))).rejects.toThrow();
    await keep(db);
    expect(statistics()).toMatchObject({ leftOpen: 4, open: 1, lost: 0 });
    expect(await isKept(-4)).toBe(false);
  });
});

test("a transaction that its own work has committed by hand is no success", async () => {
  await withPool({ maxConnections: 1 }, async ({ db }) => {
    const byHand = db.transaction((tx) => tx.execute(sql.raw("commit")));
    await expect(byHand).rejects.toThrow("the transaction had ended before its work had");
    await keep(db);
  });
});

test("a statement that cannot be built is refused, and the next one gets its own answer", async () => {
  await withPool({ maxConnections: 1 }, async ({ db }) => {
    await keep(db);
    const tooMany = Array.from({ length: 70_000 }, (_, n) => sql`${n}`);
    await expect(
      db.execute(sql`select 1 where 1 in (${sql.join(tooMany, sql`, `)})`),
    ).rejects.toThrow();
    const answers = await many(20, async (n) => {
      const [row] = await db.execute<{ n: number }>(sql`select ${n}::int as n`);
      return row?.n;
    });
    expect(answers).toEqual(answers.map((_, n) => ({ status: "fulfilled", value: n })));
  });
});
