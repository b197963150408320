import type { Edit, PlantedBug } from "@tintype/db/testing/model/planted-bugs";

const pool = (file: string, find: string, replace: string): Edit => ({
  file: `packages/db/src/pool/${file}`,
  find,
  replace,
});

/** Of a pool as drivers have it: a connection takes whatever is asked, also while it has something in flight. */
const shared: Edit[] = [
  pool(
    "pool.ts",
    "    if (this.#open.size < maxConnections) return",
    "    const used = [...this.#open.keys()][this.#shared++ % maxConnections];\n    if (used && !used.isGone && this.#open.size >= maxConnections) return Promise.resolve(used);\n    if (this.#open.size < maxConnections) return",
  ),
  pool("pool.ts", "  #isClosed = false;", "  #isClosed = false;\n  #shared = 0;"),
  pool(
    "pool.ts",
    "    this.#idle.push(connection);\n",
    "    if (this.#idle.includes(connection)) return;\n    this.#idle.push(connection);\n",
  ),
  pool(
    "connection.ts",
    '    if (this.#isInFlight) throw new Error("a statement is already in flight on this connection");\n',
    "",
  ),
  pool("connection.ts", "if (this.#answers === answersBefore) {", "if (answersBefore < 0) {"),
];

/** Nobody looks at what the server says of the connection after a loan. */
const unguarded: Edit[] = [
  pool(
    "pool.ts",
    'if (connection.isGone || connection.status === "idle") return;',
    "if (connection) return;",
  ),
  pool(
    "pool.ts",
    'if (connection.status !== "idle" || connection.isInFlight) {',
    "if (connection.isGone) {",
  ),
];

/** The driver's own pool and transactions, with no more around them than drizzle needs. */
const driversOwn: Edit[] = [
  {
    file: "packages/db/src/client.ts",
    find: 'import type postgres from "postgres";',
    replace: 'import postgres from "postgres";',
  },
  {
    file: "packages/db/src/client.ts",
    find: "const client = createClient(pool, types) as unknown as postgres.Sql;",
    replace: `const own = postgres(url, { ...driver, max: maxConnections, fetch_types: false, onnotice: () => undefined });
  const begin = own.begin.bind(own) as (work: (tx: postgres.Sql) => Promise<unknown>) => Promise<unknown>;
  let nextPrelude = "";
  void createClient;
  void types;
  const client = Object.assign(own, {
    begin: (work: (tx: object) => Promise<unknown>) => {
      const prelude = nextPrelude;
      nextPrelude = "";
      return begin(async (tx) => {
        if (prelude !== "") await tx.unsafe(prelude).simple();
        return work(Object.assign(tx, { allowStatementsMs: () => undefined }));
      });
    },
    withPrelude: <T>(prelude: string, start: () => T): T => {
      nextPrelude = prelude;
      return start();
    },
  }) as unknown as postgres.Sql;`,
  },
  {
    file: "packages/db/src/client.ts",
    find: "close: () => pool.close(DRAIN_MS),",
    replace: "close: () => own.end({ timeout: DRAIN_MS / 1_000 }),",
  },
];

/** The mistakes that lost acknowledged writes, in the part that lends connections. */
export const bugsOfPool: PlantedBug[] = [
  {
    name: "pool: without the gate, a connection in use is lent again",
    edits: [...shared, ...unguarded],
  },
  { name: "pool: without the guard, the state after a loan is not looked at", edits: unguarded },
  { name: "pool: the driver's own pool and transactions", edits: driversOwn },
  {
    name: "pool: commit without looking at the status",
    edits: [
      pool(
        "transaction.ts",
        'if (connection.status !== "transaction") throw queue.firstFailure ?? lostTransaction();',
        "",
      ),
    ],
  },
  {
    name: "pool: a statement without an answer leaves its connection in use",
    edits: [
      pool("connection.ts", "if (this.#answers === answersBefore) {", "if (answersBefore < 0) {"),
    ],
  },
];

/** What the pool is tested by: the quick ones first, then requests over HTTP. */
export const suitesOfPool: string[][] = [
  ["packages/db/src/pool"],
  ["tools/src/soak/http/http-soak.test.ts"],
];
