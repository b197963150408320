import { type SQL, sql } from "drizzle-orm";
import { type Db, preparedPerDb, type Tx } from "./client.ts";

export type Parameter = readonly [name: string, sqlType: string];

/**
 * A typed call of one SQL function of `packages/db/sql`, prepared under the function's name: one round trip.
 */
export function sqlFunction<Arguments extends Record<string, unknown>, Result>(
  name: string,
  parameters: readonly Parameter[],
) {
  const build = (db: Db | Tx) => {
    const values = parameters.map(
      ([key, type]): SQL => sql`${sql.placeholder(key)}::${sql.raw(type)}`,
    );
    const call = sql`${sql.raw(name)}(${sql.join(values, sql`, `)})`;
    return db.select({ result: sql<Result>`result` }).from(sql`${call} as result`).prepare(name);
  };
  const forDb = preparedPerDb(build);
  return async (db: Db | Tx, args: Arguments): Promise<Result> => {
    const statement = "$client" in db ? forDb(db as Db) : build(db);
    const [row] = await statement.execute(toParameters(args, parameters));
    if (!row) throw new Error(`${name} answered without a row`);
    return row.result;
  };
}

/** Dates travel as ISO strings, JSON as text, arrays of ids as PostgreSQL's array literal. */
function toParameters(
  args: Record<string, unknown>,
  parameters: readonly Parameter[],
): Record<string, unknown> {
  const encode = (value: unknown, type: string) => {
    if (value instanceof Date) return value.toISOString();
    if (type === "uuid[]" && Array.isArray(value)) return `{${value.join(",")}}`;
    return type === "jsonb" ? JSON.stringify(value) : value;
  };
  return Object.fromEntries(parameters.map(([key, type]) => [key, encode(args[key], type)]));
}
