import { expect, test } from "vitest";
import { deviceCookie, knownDevice } from "./known-devices.ts";

const ann = { id: "a1", passwordHash: "$argon2id$ann" };
const bob = { id: "b2", passwordHash: "$argon2id$bob" };
const cookieOf = (owner: typeof ann, before: string | null = null) =>
  deviceCookie(owner, { cookieHeader: before, isSecure: true }).split(";")[0] ?? "";

test("a browser is known to the account that made it known, and to no other", () => {
  const cookie = cookieOf(ann);
  expect(knownDevice(ann, `a=b; ${cookie}; c=d`)).toMatch(/^[\w-]{22}$/);
  expect(knownDevice(bob, cookie)).toBeNull();
  expect(knownDevice(undefined, cookie)).toBeNull();
  expect(knownDevice(ann, null)).toBeNull();
});

test("a new password forgets all browsers", () => {
  const cookie = cookieOf(ann);
  expect(knownDevice({ ...ann, passwordHash: "$argon2id$new" }, cookie)).toBeNull();
  expect(knownDevice({ ...ann, passwordHash: null }, cookie)).toBeNull();
});

test("a browser is known to five accounts, and keeps its id when it signs in again", () => {
  let cookie = cookieOf(ann);
  const id = knownDevice(ann, cookie);
  cookie = cookieOf(bob, cookie);
  cookie = cookieOf(ann, cookie);
  expect(knownDevice(ann, cookie)).toBe(id);
  expect(knownDevice(bob, cookie)).not.toBeNull();
  for (let each = 0; each < 4; each++) cookie = cookieOf({ ...bob, id: `other-${each}` }, cookie);
  expect(knownDevice(bob, cookie)).toBeNull();
  expect(knownDevice(ann, cookie)).toBe(id);
});

test.each(["", "~", "a.b", "a".repeat(22), `${"a".repeat(22)}.${"b".repeat(43)}`, "%00", "é"])(
  "a cookie that holds %j makes nobody known",
  (value) => {
    expect(knownDevice(ann, `tintype_device=${value}`)).toBeNull();
    expect(knownDevice(ann, `__Host-tintype_device=${value}; tintype_device`)).toBeNull();
  },
);

test("the cookie is for no script, no other site and over https for no other host", () => {
  const secure = deviceCookie(ann, { cookieHeader: null, isSecure: true });
  expect(secure).toMatch(
    /^__Host-tintype_device=[\w.-]+; HttpOnly; Max-Age=34560000; Path=\/; SameSite=Lax; Secure$/,
  );
  expect(deviceCookie(ann, { cookieHeader: null, isSecure: false })).not.toContain("Secure");
});
