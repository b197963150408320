import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { UserRow } from "@tintype/db/schema";

const NAME = "tintype_device";
const ID_BYTES = 16;
/** The longest that browsers keep a cookie. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;
/** Accounts one browser is known to: a family's computer. */
const MAX_ACCOUNTS = 5;
const TOKEN = /^([\w-]{22})\.([\w-]{43})$/;

type Owner = Pick<UserRow, "id" | "passwordHash">;

/**
 * Browsers that have signed in to an account before are told apart from strangers by a signed cookie, so that a
 * stranger's wrong passwords never count against them ("device cookies", OWASP: Slow Down Online Guessing Attacks).
 * It proves no identity: the password is asked all the same. The key is the account's own password hash, so that there
 * is no secret to configure, and a new password forgets all devices.
 */
function sign({ id, passwordHash }: Owner, deviceId: string): string {
  return createHmac("sha256", passwordHash ?? randomBytes(32))
    .update(`known device ${id} ${deviceId}`)
    .digest("base64url");
}

/** @returns the device's id, or null for a browser that this account does not know */
export function knownDevice(owner: Owner | undefined, cookieHeader: string | null): string | null {
  if (!owner) return null;
  const known = readTokens(cookieHeader).find(({ id, signature }) => {
    const expected = Buffer.from(sign(owner, id));
    return timingSafeEqual(expected, Buffer.from(signature));
  });
  return known?.id ?? null;
}

/**
 * A `Set-Cookie` value that makes this browser known to the account, beside the others it is known to. A browser
 * that was known keeps its id, and with it the count of its wrong passwords.
 */
export function deviceCookie(
  owner: Owner,
  { cookieHeader, isSecure }: { cookieHeader: string | null; isSecure: boolean },
): string {
  const id = knownDevice(owner, cookieHeader) ?? randomBytes(ID_BYTES).toString("base64url");
  const others = readTokens(cookieHeader).filter((token) => token.id !== id);
  const tokens = [{ id, signature: sign(owner, id) }, ...others].slice(0, MAX_ACCOUNTS);
  const value = tokens.map((token) => `${token.id}.${token.signature}`).join("~");
  const name = isSecure ? `__Host-${NAME}` : NAME;
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; HttpOnly; Max-Age=${MAX_AGE_SECONDS}; Path=/; SameSite=Lax${secure}`;
}

function readTokens(cookieHeader: string | null): { id: string; signature: string }[] {
  const pairs = (cookieHeader ?? "").split(/;\s*/).map((pair) => pair.split("="));
  const [, value = ""] = pairs.find(([name]) => name === NAME || name === `__Host-${NAME}`) ?? [];
  return value
    .split("~")
    .slice(0, MAX_ACCOUNTS)
    .flatMap((token) => {
      const [, id, signature] = TOKEN.exec(token) ?? [];
      return id !== undefined && signature !== undefined ? [{ id, signature }] : [];
    });
}
