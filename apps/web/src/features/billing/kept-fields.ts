import type { CardPlace } from "@tintype/core/billing-inputs";
import { parseStored } from "../../lib/stored.ts";

const keyOf = (userId: string, place: CardPlace) => `tintype.kept.${place}.${userId}`;

/** What somebody has typed, while they are away to leave a card. It lasts as long as their tab. */
export function keepFields(userId: string, place: CardPlace, fields: Record<string, string>): void {
  try {
    window.sessionStorage.setItem(keyOf(userId, place), JSON.stringify(fields));
  } catch {
    // Storage can be forbidden: then it is typed once more, which is no reason not to go.
  }
}

export function forgetFields(userId: string, place: CardPlace): void {
  try {
    window.sessionStorage.removeItem(keyOf(userId, place));
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}

/** @returns null unless all of these fields were kept */
export function keptFields<Name extends string>(
  userId: string,
  place: CardPlace,
  names: readonly Name[],
): Record<Name, string> | null {
  const stored = parseStored(readKept(keyOf(userId, place)));
  if (typeof stored !== "object" || stored === null) return null;
  const known = new Map<string, unknown>(Object.entries(stored));
  const fields = names.flatMap((name) => {
    const text = known.get(name);
    return typeof text === "string" ? [[name, text] as const] : [];
  });
  return fields.length === names.length
    ? (Object.fromEntries(fields) as Record<Name, string>)
    : null;
}

function readKept(key: string): string | null {
  try {
    return window.sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
