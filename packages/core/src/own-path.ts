/** Longer than any address of ours with its search. */
export const MAX_OWN_PATH = 500;

/**
 * Whether a text that says where to go next names a page of ours and nothing else. Browsers read more into an address
 * than its first letters say: a backslash is a slash, tabs and line ends are cut out before it is read (`/\t/evil.example`
 * is `//evil.example`), and dots are resolved (`/.//evil.example`). So there is one slash at a time in the path, and
 * nothing but visible ASCII: all else is escaped in every address that a browser or our router gives.
 */
export function isOwnPath(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAX_OWN_PATH) return false;
  const [path = ""] = value.split(/[?#]/, 1);
  return path.startsWith("/") && !path.includes("//") && /^[!-[\]-~]*$/.test(value);
}
