import { wallets } from "@tintype/db/schema";
import { asAnotherClient } from "@tintype/db/testing";
import { eq, sql } from "drizzle-orm";
import type { AdminActor, ServiceContext } from "../context.ts";
import type { useTestServices } from "../testing.ts";

/** An administrator of the test's own: who they are matters only in the records. */
export const testAdmin = (
  contextFor: ReturnType<typeof useTestServices>["contextFor"],
): ServiceContext<AdminActor> =>
  contextFor<AdminActor>({
    kind: "user",
    userId: "0196f0f0-0000-7000-8000-00000000000a",
    role: "admin",
  });

/** Lets so many calls arrive at the user's wallet before one of them may touch it: the narrowest of races. */
export async function behindTheWallet<T>(
  { db }: Pick<ServiceContext, "db">,
  userId: string,
  calls: readonly (() => Promise<T>)[],
): Promise<T[]> {
  let started: Promise<T[]> = Promise.resolve([]);
  await db.transaction(async (tx) => {
    await tx.select().from(wallets).where(eq(wallets.userId, userId)).for("update");
    started = Promise.all(calls.map((call) => asAnotherClient(call)));
    // Counted from outside: inside the transaction the list would be frozen.
    for (let waiting = 0; waiting < calls.length; ) {
      const [row] = await asAnotherClient(async () =>
        db.execute<{ waiting: number }>(
          sql`select count(distinct pid)::integer as waiting from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`,
        ),
      );
      waiting = row?.waiting ?? 0;
    }
  });
  return started;
}
