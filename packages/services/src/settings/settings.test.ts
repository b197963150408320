import { updateSettingsInput } from "@tintype/core/settings";
import { userPreferences } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { useTestServices } from "../testing.ts";
import { getSettings, updateSettings } from "./settings.ts";

const { userWithCredits } = useTestServices();

test("whoever has chosen nothing gets letters, dated by Greenwich", async () => {
  const user = await userWithCredits(0);
  expect(await getSettings(user)).toEqual({ emailNotifications: true, timeZone: "UTC" });
});

test("what is not named stays as it was, the limit of the overage too", async () => {
  const user = await userWithCredits(0);
  const { userId } = user.actor;
  await user.db
    .insert(userPreferences)
    .values({ userId, overageLimitCents: 500, updatedAt: user.now() });

  await updateSettings(user, { timeZone: "Europe/Berlin" });
  await updateSettings(user, { emailNotifications: false });
  const berlin = { emailNotifications: false, timeZone: "Europe/Berlin" };
  expect(await updateSettings(user, {})).toEqual(berlin);
  expect(await getSettings(user)).toEqual(berlin);
  const [row] = await user.db
    .select()
    .from(userPreferences)
    .where(eq(userPreferences.userId, userId));
  expect(row).toMatchObject({ overageLimitCents: 500 });
});

test("a user's settings are theirs alone", async () => {
  const [user, stranger] = [await userWithCredits(0), await userWithCredits(0)];
  await updateSettings(stranger, { emailNotifications: false });
  expect(await getSettings(user)).toMatchObject({ emailNotifications: true });
});

test("a time zone that nobody knows is refused, by the schema or by the database", async () => {
  expect(updateSettingsInput.safeParse({ timeZone: "Mars/Olympus" }).success).toBe(false);
  const user = await userWithCredits(0);
  await expect(updateSettings(user, { timeZone: "Mars/Olympus" })).rejects.toMatchObject({
    problem: { code: "invalid_input", issues: [{ field: "timeZone" }] },
  });
});
