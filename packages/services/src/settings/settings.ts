import { DomainError } from "@tintype/core/problems";
import type { UpdateSettingsInput, UserSettings } from "@tintype/core/settings";
import type { Tx } from "@tintype/db/client";
import { userPreferences } from "@tintype/db/schema";
import { eq, sql } from "drizzle-orm";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";

/** Whoever has never chosen has these: the columns' defaults. */
const defaults: UserSettings = { emailNotifications: true, timeZone: "UTC" };

export const getSettings = (ctx: ServiceContext<UserActor>): Promise<UserSettings> =>
  readAsUser(ctx, (tx) => readSettings(tx, ctx.actor.userId));

/**
 * Changes what is named and leaves the rest.
 * @throws DomainError invalid_input for a time zone that the browser knows and the database does not
 */
export async function updateSettings(
  ctx: ServiceContext<UserActor>,
  input: UpdateSettingsInput,
): Promise<UserSettings> {
  const { userId } = ctx.actor;
  if (input.timeZone !== undefined) await ensureKnown(ctx, input.timeZone);
  const now = ctx.now();
  return readAsUser(ctx, async (tx) => {
    await writeSettings(tx, userId, input, now);
    return readSettings(tx, userId);
  });
}

/** A step: changes what is named and leaves the rest. */
export async function writeSettings(
  tx: Tx,
  userId: string,
  input: UpdateSettingsInput,
  now: Date,
): Promise<void> {
  await tx
    .insert(userPreferences)
    .values({ userId, ...input, updatedAt: now })
    .onConflictDoUpdate({
      target: userPreferences.userId,
      set: { ...input, updatedAt: now },
    });
}

async function readSettings(tx: Tx, userId: string): Promise<UserSettings> {
  const { emailNotifications, timeZone } = userPreferences;
  const [chosen] = await tx
    .select({ emailNotifications, timeZone })
    .from(userPreferences)
    .where(eq(userPreferences.userId, userId))
    .prepare("settings_of_user")
    .execute();
  return chosen ?? defaults;
}

/** The days of a streak are reckoned in the database, which must know the zone too. */
async function ensureKnown({ db }: Pick<ServiceContext, "db">, timeZone: string): Promise<void> {
  const known = await db.execute(
    sql`select from pg_timezone_names where lower(name) = lower(${timeZone}) limit 1`,
  );
  if (known.length > 0) return;
  const issues = [{ field: "timeZone", rule: "invalid_value" }];
  throw new DomainError({ code: "invalid_input", issues });
}
