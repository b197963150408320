import { type HistoryGroup, historyGroups } from "@tintype/core/history";

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

/** Where to go once there is an account. */
export type SignUpSearch = Pick<SignInSearch, "from">;

export function readSignUpSearch(search: Record<string, unknown>): SignUpSearch {
  const from = safePath(search.from);
  return from === undefined ? {} : { from };
}

export type PricingSearch = { choose?: string; returnTo?: string };

export function readPricingSearch(search: Record<string, unknown>): PricingSearch {
  const { choose } = search;
  const returnTo = safePath(search.returnTo);
  return {
    // A code of digits only is read as a number by the router's parser.
    ...(choose === undefined ? {} : { choose: String(choose) }),
    ...(returnTo === undefined ? {} : { returnTo }),
  };
}

export type CheckoutReturnSearch = { session?: string; returnTo?: string };

export function readCheckoutReturnSearch(search: Record<string, unknown>): CheckoutReturnSearch {
  const { session } = search;
  const returnTo = safePath(search.returnTo);
  return {
    ...(typeof session === "string" ? { session } : {}),
    ...(returnTo === undefined ? {} : { returnTo }),
  };
}

/** `card`: whoever comes back from leaving one. */
export type BillingSearch = { card?: "saved" };

export const readBillingSearch = ({ card }: Record<string, unknown>): BillingSearch =>
  card === "saved" ? { card } : {};

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

/** A day of the calendar; the last of them a date picker can name is far enough. */
const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export type WalletSearch = { kind?: HistoryGroup; from?: string; to?: string };

export function readWalletSearch(search: Record<string, unknown>): WalletSearch {
  const kind = historyGroups.find((group) => group === search.kind);
  const [from, to] = [day(search.from), day(search.to)];
  return { ...(kind && { kind }), ...(from && { from }), ...(to && { to }) };
}
