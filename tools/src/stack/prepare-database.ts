import { catalogueNames } from "@tintype/core/catalogue";
import { migrate } from "@tintype/db/migrate";
import { lockedMessage, seed } from "@tintype/services/seed";
import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  CATALOG: z.enum(catalogueNames),
  DEMO_ACCOUNTS: z.stringbool(),
});

/**
 * Brings the database to this version of the program and fills what a first start needs.
 * @returns what a person should know of it; undefined when nothing
 */
export async function prepareDatabase(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const parsed = schema.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { DATABASE_URL: databaseUrl, CATALOG: catalogue, DEMO_ACCOUNTS } = parsed.data;
  await migrate(databaseUrl);
  const demoAccounts = DEMO_ACCOUNTS;
  return lockedMessage((await seed({ databaseUrl, catalogue, demoAccounts })).locked);
}
