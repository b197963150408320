import { migrate } from "@tintype/db/migrate";

/** Brings the database to this version of the program and fills what a first start needs. */
export async function prepareDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL: databaseUrl } = env;
  if (!databaseUrl) throw new Error("DATABASE_URL is missing from the stack's environment");
  await migrate(databaseUrl);
}
