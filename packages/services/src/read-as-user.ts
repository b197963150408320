import type { Tx } from "@tintype/db/client";
import { asUser } from "@tintype/db/user-scope";
import type { ServiceContext, UserActor } from "./context.ts";

/**
 * Reads under row-level security as the user who asks: a forgotten `where` finds nothing of others. Name the query
 * (`.prepare(…)`) and it leaves together with the statement that enters the scope. No network in `read`, as in any
 * transaction; what looks at other users (places in line, estimates) stays outside.
 */
export const readAsUser = <T>(
  { db, actor }: Pick<ServiceContext<UserActor>, "db" | "actor">,
  read: (tx: Tx) => Promise<T>,
): Promise<T> => asUser(db, actor.userId, read);
