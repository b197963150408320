import type { CatalogueName } from "@tintype/core/catalogue";
import { connect } from "@tintype/db/client";
import { databaseTime } from "@tintype/db/clock/database-time";
import { ensureCatalogue } from "./catalogue/catalogue.ts";
import { ensureDemoAccounts, lockDemoAccounts } from "./demo-accounts.ts";

export type SeedOptions = {
  databaseUrl: string;
  catalogue: CatalogueName;
  /** Whether accounts with published passwords can sign in; those of an earlier start are locked when not. */
  demoAccounts: boolean;
  /** The database's time unless given. */
  now?: Date;
};

/**
 * What an empty, migrated database needs. Doing it again, or twice at once, changes nothing.
 * @returns the demo accounts that were open and are locked now
 */
export async function seed(options: SeedOptions): Promise<{ locked: string[] }> {
  const { db, close } = connect(options.databaseUrl, { maxConnections: 2 });
  try {
    const now = options.now ?? (await databaseTime(db));
    await ensureCatalogue(db, options.catalogue, now);
    if (!options.demoAccounts) return { locked: await lockDemoAccounts(db) };
    await ensureDemoAccounts(db, now);
    return { locked: [] };
  } finally {
    await close();
  }
}

/** For the terminal; undefined when there is nothing to say. */
export const lockedMessage = (locked: readonly string[]): string | undefined =>
  locked.length === 0
    ? undefined
    : `Demo accounts are off, so those of an earlier start are locked now: ${locked.join(", ")}. "npm run admin -- grant EMAIL" makes an administrator of your own.`;
