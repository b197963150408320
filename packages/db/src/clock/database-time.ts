import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { movedMs } from "./moved-on-purpose.ts";

/** What time it is by the database, in milliseconds since 1970; nothing that was moved on purpose is added. */
export async function askDatabaseTime(db: Db): Promise<number> {
  const [row] = await db.execute<{ ms: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  );
  return Number(row?.ms);
}

/** For a command that is over in a moment; what lives longer opens a clock. */
export const databaseTime = async (db: Db): Promise<Date> =>
  new Date((await askDatabaseTime(db)) + movedMs());
