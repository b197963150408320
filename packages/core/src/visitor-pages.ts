import { type Locale, locales } from "./auth.ts";

/**
 * The pages of those who are not signed in, as the server, the development server and the build agree on them. Each is
 * a document of its own in each language, built beforehand (apps/web/src/visitor).
 */
export const visitorPages = [
  "landing",
  "pricing",
  "sign-in",
  "sign-in-again",
  "sign-up",
  "invite",
  "forgot-password",
  "reset-password",
] as const;
export type VisitorPage = (typeof visitorPages)[number];

/** Members have work to do, so they are sent to it, but for the prices, which are for everybody. */
export const isForMembersToo = (page: VisitorPage): boolean => page === "pricing";

/** Show what the catalogue says, which the operator may change at any time: these are filled in by the server. */
export const showsPrices = (page: VisitorPage): boolean =>
  ["landing", "pricing", "sign-up", "invite"].includes(page);

/** Of an address, as `URL` has it. */
type Address = {
  pathname: string;
  searchParams: { has: (key: string) => boolean; get: (key: string) => string | null };
};

const byPath: Record<string, VisitorPage> = {
  "/": "landing",
  "/pricing": "pricing",
  "/sign-in": "sign-in",
  "/sign-up": "sign-up",
  "/forgot-password": "forgot-password",
  "/reset-password": "reset-password",
};

/** Which page an address shows; null for one of members, or of nobody. */
export function visitorPageOf({ pathname, searchParams }: Address): VisitorPage | null {
  const path = /[^/]\/$/.test(pathname) ? pathname.slice(0, -1) : pathname;
  if (/^\/invite\/[^/]+$/.test(path)) return "invite";
  const page = Object.hasOwn(byPath, path) ? byPath[path] : undefined;
  if (page === "sign-in" && searchParams.has("expired")) return "sign-in-again";
  return page ?? null;
}

/** The address under which search engines know a page, whatever leads to it. */
export const canonicalPath = (page: VisitorPage): string => {
  if (page === "landing") return "/";
  if (page === "invite") return "/sign-up";
  if (page === "sign-in-again") return "/sign-in";
  return `/${page}`;
};

/** Asks for a page in one language: `?lang=ru`. */
export const LOCALE_KEY = "lang";
/** The language that was chosen in this browser. */
export const LOCALE_COOKIE = "tintype.locale";
const YEAR_SECONDS = 31_536_000;

export const localeCookie = (locale: Locale): string =>
  `${LOCALE_COOKIE}=${locale}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;

const asLocale = (text: string | null | undefined): Locale | null =>
  locales.find((locale) => locale === text) ?? null;

/** @param cookies as in the header, or in `document.cookie` */
export function localeOfCookies(cookies: string): Locale | null {
  const values = cookies
    .split(/; */)
    .filter((pair) => pair.startsWith(`${LOCALE_COOKIE}=`))
    .map((pair) => pair.slice(LOCALE_COOKIE.length + 1));
  return asLocale(values[0]);
}

/** The first of ours among what a browser prefers, in the order of its header: `ru-RU,ru;q=0.9,en;q=0.8`. */
export function localeOfBrowser(acceptLanguage: string): Locale {
  const preferred = acceptLanguage
    .split(",")
    .map((entry) => {
      const [name = "", ...parameters] = entry.trim().toLowerCase().split(";");
      const quality = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find(Boolean);
      return { locale: asLocale(name.split("-")[0]), quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  return preferred.find(({ locale }) => locale !== null)?.locale ?? "en";
}

type Reader = { url: Address; cookies: string; acceptLanguage: string };

/** The language a document is sent in: what the address asks for, what was chosen before, what the browser prefers. */
export const localeOfReader = ({ url, cookies, acceptLanguage }: Reader): Locale =>
  asLocale(url.searchParams.get(LOCALE_KEY)) ??
  localeOfCookies(cookies) ??
  localeOfBrowser(acceptLanguage);

/**
 * The documents of members' app: an outline of what comes is in each, for the studio that of the studio. Which page it is
 * the app finds out by the address.
 */
export const appDocuments = ["studio", "app"] as const;
export type AppDocument = (typeof appDocuments)[number];

export const appDocumentOf = (pathname: string): AppDocument =>
  pathname === "/studio" ? "studio" : "app";
