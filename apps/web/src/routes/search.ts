/** Where to go after signing in: a path of this site, never another one. */
const safePath = (value: unknown): string | undefined =>
  typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;

export type SignInSearch = { from?: string; expired?: boolean };

export function readSignInSearch(search: Record<string, unknown>): SignInSearch {
  const from = safePath(search.from);
  return {
    ...(from === undefined ? {} : { from }),
    ...(search.expired === true ? { expired: true } : {}),
  };
}

export type ResetSearch = { token?: string };

export function readResetSearch(search: Record<string, unknown>): ResetSearch {
  // A token of digits only is read as a number by the router's parser.
  const { token } = search;
  return token === undefined ? {} : { token: String(token) };
}

export const libraryFilters = ["all", "images", "videos", "uploads"] as const;
export type LibraryFilter = (typeof libraryFilters)[number];
export type LibrarySearch = { show?: LibraryFilter };

export function readLibrarySearch(search: Record<string, unknown>): LibrarySearch {
  const show = libraryFilters.find((filter) => filter === search.show);
  return show ? { show } : {};
}
