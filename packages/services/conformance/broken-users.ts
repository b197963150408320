import type { Db } from "@tintype/db/client";
import { sql } from "drizzle-orm";

type Table = "credit_grants" | "overage_bills" | "top_ups";

/** Every new row of theirs fails, as one of a user whose data is broken would. @returns what mends it */
export async function breakUsers(db: Db, table: Table, userIds: readonly string[]) {
  const name = `break_${table}`;
  const list = userIds.map((id) => `'${id}'`).join();
  const asOwner = (statements: readonly string[]) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local role none`);
      for (const statement of statements) await tx.execute(sql.raw(statement));
    });
  await asOwner([
    `create function ${name}() returns trigger language plpgsql as $$
      begin if new.user_id in (${list}) then raise 'this user is broken'; end if; return new; end $$`,
    `create trigger ${name} before insert on ${table} for each row execute function ${name}()`,
  ]);
  return () => asOwner([`drop function ${name}() cascade`]);
}
