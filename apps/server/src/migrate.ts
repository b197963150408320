import { migrate } from "@tintype/db/migrate";
import { lockedMessage, seed } from "@tintype/services/seed";
import { readMigrationEnv } from "./env.ts";

/** For production: run once before the server and the worker of a new version start. */
const { DATABASE_URL, CATALOG } = readMigrationEnv();
await migrate(DATABASE_URL);
const { locked } = await seed({
  databaseUrl: DATABASE_URL,
  catalogue: CATALOG,
  demoAccounts: false,
});
const notice = lockedMessage(locked);
if (notice !== undefined) process.stdout.write(`${notice}\n`);
