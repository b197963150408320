/**
 * What this browser remembers between visits. Storage can be forbidden or full; then it remembers for as
 * long as the page is open, which is no reason to stop anyone from working.
 */
const remembered = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return window.localStorage.getItem(key) ?? remembered.get(key) ?? null;
  } catch {
    return remembered.get(key) ?? null;
  }
}

export function writeStored(key: string, value: string): void {
  remembered.set(key, value);
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Kept in `remembered`, see above.
  }
}

/** A stored value that is no JSON, because somebody or another version wrote it, counts as none. */
export function parseStored(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
