import { createHmac, timingSafeEqual } from "node:crypto";
import type { Locale } from "@tintype/core/auth";

/** Of the server: what is mailed leads to it. */
export const STOP_LETTERS_PATH = "/unsubscribe";

/** What the link may do is in what is signed: a signature for something else opens nothing here. */
const signatureOf = (secret: string, userId: string): Buffer =>
  createHmac("sha256", secret).update(`stop optional letters to ${userId}`).digest();

/**
 * The link with which the reader of a letter stops those that one may do without, and nothing else, without signing in.
 * It does not expire: a letter is found years later, and what it does can be undone by its owner only.
 */
export function stopLettersLink(
  { publicUrl, secret }: { publicUrl: string; secret: string },
  { userId, locale }: { userId: string; locale: Locale },
): string {
  const url = new URL(STOP_LETTERS_PATH, publicUrl);
  url.searchParams.set("reader", userId);
  url.searchParams.set("signature", signatureOf(secret, userId).toString("base64url"));
  url.searchParams.set("locale", locale);
  return url.href;
}

/**
 * Who stops the letters by this link. Nobody is looked up for it: a link that is not ours is answered the same whether
 * there is such a user or not.
 * @returns the user's id, or null when the link is not one of ours, or no secret is set
 */
export function readStopLettersLink(secret: string | null, link: URLSearchParams): string | null {
  const userId = link.get("reader");
  if (secret === null || userId === null) return null;
  const expected = signatureOf(secret, userId);
  const shown = Buffer.from(link.get("signature") ?? "", "base64url");
  return shown.length === expected.length && timingSafeEqual(shown, expected) ? userId : null;
}
