import { sessions, users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { useTestServices } from "../testing.ts";
import { grantAdmin, listAdmins, revokeAdmin } from "./administrators.ts";

const { userWithCredits } = useTestServices();

test("an operator makes the first administrator and takes it back, with all sessions", async () => {
  const { db, actor } = await userWithCredits(0);
  const email = `${actor.userId}@example.com`;
  const openSessions = () => db.select().from(sessions).where(eq(sessions.userId, actor.userId));
  await db.insert(sessions).values({
    ...{ id: "open", userId: actor.userId, expiresAt: new Date("2030-01-01") },
  });
  expect(await listAdmins({ db })).toEqual([]);

  expect(await grantAdmin({ db }, ` ${email.toUpperCase()} `)).toBe("changed");
  expect(await grantAdmin({ db }, email)).toBe("unchanged");
  expect(await listAdmins({ db })).toEqual([{ email }]);
  expect(await openSessions()).toHaveLength(1);

  expect(await revokeAdmin({ db }, email)).toBe("changed");
  expect(await revokeAdmin({ db }, email)).toBe("unchanged");
  expect(await listAdmins({ db })).toEqual([]);
  expect(await openSessions()).toEqual([]);
});

test("an address that nobody has signed up with makes no administrator", async () => {
  const { db } = await userWithCredits(0);
  for (const email of ["nobody@example.com", "no address", ""])
    expect(await grantAdmin({ db }, email)).toBe("no_such_user");
  expect(await db.select().from(users).where(eq(users.role, "admin"))).toEqual([]);
});
