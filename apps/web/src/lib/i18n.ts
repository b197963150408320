import { type Locale, locales } from "@tintype/core/auth";
import { localeCookie, localeOfBrowser, localeOfCookies } from "@tintype/core/visitor-pages";
import { reportMissingText } from "./missing-texts.ts";
import { createTexts, type TextTree, type Translate } from "./translate.ts";

/** Words that not every page carries, by what shows them. */
const parts = {
  /** What every page may show, whoever looks at it. */
  common: {
    en: () => import("../locales/en.json"),
    ru: () => import("../locales/ru.json"),
  },
  /** The first load of members: studio, library, menus. */
  member: {
    en: () => import("../locales/en-member.json"),
    ru: () => import("../locales/ru-member.json"),
  },
  /** What went wrong and what to do about it; the link in trpc.ts loads it before an error reaches a page. */
  problems: {
    en: () => import("../locales/en-problems.json"),
    ru: () => import("../locales/ru-problems.json"),
  },
  /** Landing page and the forms of an account. */
  visitor: {
    en: () => import("../locales/en-visitor.json"),
    ru: () => import("../locales/ru-visitor.json"),
  },
  /** Everything about where credits are and went. */
  wallet: {
    en: () => import("../locales/en-wallet.json"),
    ru: () => import("../locales/ru-wallet.json"),
  },
  /** What is sold. */
  pricing: {
    en: () => import("../locales/en-pricing.json"),
    ru: () => import("../locales/ru-pricing.json"),
  },
  /** Checkout, plans and payments. */
  billing: {
    en: () => import("../locales/en-billing.json"),
    ru: () => import("../locales/ru-billing.json"),
  },
  /** Rewards and settings. */
  money: {
    en: () => import("../locales/en-money.json"),
    ru: () => import("../locales/ru-money.json"),
  },
};
export type Part = keyof typeof parts;
const shownParts = new Set<Part>();
const texts = createTexts(reportMissingText);

async function loadPart(part: Part, locale: Locale): Promise<void> {
  const { default: tree } = await parts[part][locale]();
  texts.add(locale, tree);
}

/** Texts that came with the code, and need not be loaded. */
export function includeTexts(locale: Locale, ...trees: TextTree[]): void {
  for (const tree of trees) texts.add(locale, tree);
}

let shown: Locale = "en";
/** The language that was asked for last, while its words may still be on their way. */
let wanted: Locale = "en";
const listeners = new Set<() => void>();

export const shownLocale = (): Locale => shown;

export function onLocaleChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows a language whose words are there. */
export function showLocale(locale: Locale): void {
  shown = locale;
  wanted = locale;
  for (const listener of listeners) listener();
}

const translators = new Map<Locale, Translate>(
  locales.map((locale) => [locale, (key, values) => texts.translate(locale, key, values)]),
);

export function translatorOf(locale: Locale): Translate {
  const translator = translators.get(locale);
  if (!translator) throw new Error(`no texts in ${locale}`);
  return translator;
}

/** For words that may not have been loaded: whether they are there in the language that is shown. */
export const hasText = (key: string): boolean => texts.has(shown, key);

/** Loads the language when it is first asked for, and shows it. Whoever presses again in the meantime gets what they pressed last. */
export async function switchLocale(locale: Locale): Promise<void> {
  wanted = locale;
  await Promise.all([...shownParts].map((part) => loadPart(part, locale)));
  if (wanted !== locale) return;
  document.documentElement.lang = locale;
  showLocale(locale);
}

/** The same of a language that somebody has chosen, which this browser is to remember. */
export async function chooseLocale(locale: Locale): Promise<void> {
  // The server reads it too, and sends visitors their pages in it.
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API exists over https only.
  document.cookie = localeCookie(locale);
  await switchLocale(locale);
}

/** The language that was chosen in this browser before, else what it asks for. */
export const rememberedLocale = (): Locale =>
  localeOfCookies(document.cookie) ?? localeOfBrowser(navigator.language);

/** The first words of a page, in the language it begins in. */
export async function startTexts(locale: Locale, ...first: Part[]): Promise<void> {
  for (const part of first) shownParts.add(part);
  await switchLocale(locale);
}

/** Loads words in the language that is shown, and in each that is shown from now on. */
export async function showPart(...added: Part[]): Promise<void> {
  for (const part of added) shownParts.add(part);
  await Promise.all(added.map((part) => loadPart(part, wanted)));
}

/** For `lazy` and `lazyRouteComponent`: code and its words arrive together. */
export const withTexts =
  <Module>(part: Part | Part[], load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    const [module] = await Promise.all([load(), showPart(...[part].flat())]);
    return module;
  };
