import { type HistoryGroup, historyGroups } from "@tintype/core/history";
import { isOwnPath } from "@tintype/core/own-path";

/**
 * What a page may know of its address. The router lays the answer of a validator over the raw search, so whatever a
 * validator leaves out is still there for the page (`from=javascript:…` was refused and used all the same). Each key
 * that is refused is therefore named, with nothing in it.
 * @param keys all that the page knows
 */
const only =
  <S extends object>(keys: { [K in keyof Required<S>]: true }, read: (search: Raw) => S) =>
  (search: Raw): S => {
    const none = Object.fromEntries(Object.keys(keys).map((key) => [key, undefined]));
    return { ...none, ...read(search) } as S;
  };
type Raw = Record<string, unknown>;

/** Where to go next: a page of this site, never another one. */
const ownPath = (value: unknown): string | undefined => (isOwnPath(value) ? value : undefined);

export type PricingSearch = { choose?: string; returnTo?: string };

export const readPricingSearch = only<PricingSearch>({ choose: true, returnTo: true }, (search) => {
  const { choose } = search;
  const returnTo = ownPath(search.returnTo);
  return {
    // A code of digits only is read as a number by the router's parser.
    ...(choose === undefined ? {} : { choose: String(choose) }),
    ...(returnTo === undefined ? {} : { returnTo }),
  };
});

export type CheckoutReturnSearch = { session?: string; returnTo?: string };

export const readCheckoutReturnSearch = only<CheckoutReturnSearch>(
  { session: true, returnTo: true },
  (search) => {
    const { session } = search;
    const returnTo = ownPath(search.returnTo);
    return {
      ...(typeof session === "string" ? { session } : {}),
      ...(returnTo === undefined ? {} : { returnTo }),
    };
  },
);

/** `card`: whoever comes back from leaving one. */
export type BillingSearch = { card?: "saved" };

export const readBillingSearch = only<BillingSearch>({ card: true }, ({ card }) =>
  card === "saved" ? { card } : {},
);

export type ResetSearch = { token?: string };

export const readResetSearch = only<ResetSearch>({ token: true }, (search) => {
  // A token of digits only is read as a number by the router's parser.
  const { token } = search;
  return token === undefined ? {} : { token: String(token) };
});

export const libraryFilters = ["all", "images", "videos", "uploads"] as const;
export type LibraryFilter = (typeof libraryFilters)[number];
export type LibrarySearch = { show?: LibraryFilter };

export const readLibrarySearch = only<LibrarySearch>({ show: true }, (search) => {
  const show = libraryFilters.find((filter) => filter === search.show);
  return show ? { show } : {};
});

/** A day of the calendar; the last of them a date picker can name is far enough. */
const day = (value: unknown): string | undefined =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

export type WalletSearch = { kind?: HistoryGroup; from?: string; to?: string };

export const readWalletSearch = only<WalletSearch>(
  { kind: true, from: true, to: true },
  (search) => {
    const kind = historyGroups.find((group) => group === search.kind);
    const [from, to] = [day(search.from), day(search.to)];
    return { ...(kind && { kind }), ...(from && { from }), ...(to && { to }) };
  },
);
