import { passwordStrength } from "@tintype/core/password-strength";
import { users } from "@tintype/db/schema";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { hashPassword } from "./passwords.ts";
import { resetPassword } from "./reset-password.ts";
import { issueResetToken } from "./reset-tokens.ts";
import { signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";
import { useTestAuth } from "./testing.ts";

const { visitor, newEmail, parts, clock } = useTestAuth();
const GOOD = "mellow otter paints";
const weak = (reason: string) => ({
  problem: { code: "invalid_input", issues: [{ field: "password", rule: `weak_${reason}` }] },
});
const usersWith = (email: string) =>
  parts.database.db.select().from(users).where(eq(users.email, email));

test("a weak password makes no account, and the same form with a better one does", async () => {
  const email = newEmail();
  const form = { email, locale: "en" as const };
  await expect(signUp(visitor(), { ...form, password: "1234567890" })).rejects.toMatchObject(
    weak("known"),
  );
  await expect(signUp(visitor(), { ...form, password: " ".repeat(10) })).rejects.toMatchObject(
    weak("blank"),
  );
  await expect(signUp(visitor(), { ...form, password: email })).rejects.toMatchObject(
    weak("personal"),
  );
  expect(await usersWith(email)).toEqual([]);
  await signUp(visitor(), { ...form, password: GOOD });
  expect(await usersWith(email)).toHaveLength(1);
});

test("a weak password is no new password: the old one and the link stay good", async () => {
  const email = newEmail();
  const { user } = await signUp(visitor(), { email, password: GOOD, locale: "en" });
  const token = await issueResetToken(parts.database.db, user.id, clock.now());
  // Only the server knows whose link it is.
  await expect(resetPassword(visitor(), { token, password: email })).rejects.toMatchObject(
    weak("personal"),
  );
  await signIn(visitor(), { email, password: GOOD });
  await resetPassword(visitor(), { token, password: "three calm lanterns" });
  await signIn(visitor(), { email, password: "three calm lanterns" });
});

test("whoever has a weak password from before still signs in with it", async () => {
  const email = newEmail();
  await signUp(visitor(), { email, password: GOOD, locale: "en" });
  const passwordHash = await hashPassword("1234567890");
  await parts.database.db.update(users).set({ passwordHash }).where(eq(users.email, email));
  expect((await signIn(visitor(), { email, password: "1234567890" })).user.email).toBe(email);
});

const punctuation = "4@8({[</369&#!1/|0$5+7%2/";

test.each([
  punctuation.repeat(8),
  `йцу${punctuation.repeat(8)}`,
  "1234567890".repeat(20),
  "01.02.1999 ".repeat(18),
  "abcabcabdabcabcabe".repeat(11),
  "kd9Fq2-Lx7!mBz0pR4tYw8nVcXhJs5gTuQeAiOdKf3GlWy6Mb".repeat(4),
])("%j does not keep a server from other work", (password) => {
  passwordStrength(password, { email: "anna.petrova@example.com" });
  const took = Array.from({ length: 5 }, () => {
    const before = performance.now();
    passwordStrength(password, { email: "anna.petrova@example.com" });
    return performance.now() - before;
  });
  // Some milliseconds; half a second with the library's own bounds.
  expect(Math.min(...took)).toBeLessThan(60);
});
