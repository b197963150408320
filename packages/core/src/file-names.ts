/** Unicode code points of a name, its ending included. File systems allow 255 bytes or UTF-16 units. */
export const FILE_NAME_CHARACTERS = 200;
const ENDING = /\.[a-z0-9]{1,5}$/i;

/** Control characters, and those that turn the direction of what stands behind them: "photo\u202Egpj.exe". */
const UNSEEN = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]/gu;
const SEPARATORS = /[/\\]/g;

/**
 * A file name that can be kept, shown and offered for a download, made of any name there is: shortened in front of
 * its ending, without what cannot be seen or stored. Names are nothing a user should have to correct, so it never
 * fails; where nothing is left it is "photo".
 */
export function cleanFileName(name: string): string {
  const clean = name
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(UNSEEN, "")
    .replaceAll(SEPARATORS, "_")
    .trim();
  const ending = ENDING.exec(clean)?.[0] ?? "";
  const stem = clean.slice(0, clean.length - ending.length);
  // By code points, so that no character is cut in half.
  const kept = [...stem].slice(0, FILE_NAME_CHARACTERS - ending.length).join("");
  return (kept.trim() || "photo") + ending;
}
