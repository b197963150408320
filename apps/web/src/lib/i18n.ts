import type { Locale } from "@tintype/core/auth";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "../locales/en.json" with { type: "json" };
import { missingTextOptions, missingTextWatch, reportMissingText } from "./missing-texts.ts";
import { readStored, writeStored } from "./stored.ts";

const storageKey = "tintype.locale";
const isLocale = (value: unknown): value is Locale => value === "en" || value === "ru";

/** The language of a visitor: what they chose here before, else what their browser asks for. */
export function visitorLocale(): Locale {
  const chosen = readStored(storageKey);
  if (isLocale(chosen)) return chosen;
  return navigator.language.toLowerCase().startsWith("ru") ? "ru" : "en";
}

/** English is always there, because it is what is shown when a key of another language is missing. */
export async function startTranslations(onMissing = reportMissingText): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use(missingTextWatch(onMissing))
    .init({
      ...missingTextOptions(onMissing),
      lng: "en",
      fallbackLng: "en",
      resources: { en: { translation: en } },
      interpolation: { escapeValue: false },
    });
  await switchLocale(visitorLocale());
}

/** Words that the first load of the studio does not carry, by what shows them. */
const parts = {
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
  /** Prices, checkout and plans. */
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
type Part = keyof typeof parts;
const shownParts = new Set<Part>();

async function loadPart(part: Part, locale: Locale): Promise<void> {
  const { default: texts } = await parts[part][locale]();
  i18next.addResourceBundle(locale, "translation", texts, true);
}

/** The language that was asked for last, while its words may still be on their way. */
let wanted: Locale = "en";

/**
 * Loads the language when it is first asked for, shows it, and remembers it for the next visit. Whoever presses again
 * in the meantime gets what they pressed last.
 */
export async function switchLocale(locale: Locale): Promise<void> {
  wanted = locale;
  if (locale === "ru" && !i18next.hasResourceBundle("ru", "translation")) {
    const { default: texts } = await import("../locales/ru.json");
    i18next.addResourceBundle("ru", "translation", texts, true);
  }
  await Promise.all([...shownParts].map((part) => loadPart(part, locale)));
  if (wanted !== locale) return;
  writeStored(storageKey, locale);
  document.documentElement.lang = locale;
  await i18next.changeLanguage(locale);
}

/** English comes too, in place of what another language lacks. */
export async function showPart(part: Part): Promise<void> {
  shownParts.add(part);
  const languages = [...new Set<Locale>(["en", wanted])];
  await Promise.all(languages.map((language) => loadPart(part, language)));
}

/** For `lazy` and `lazyRouteComponent`: code and its words arrive together. */
export const withTexts =
  <Module>(part: Part | Part[], load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    const words = Promise.all([part].flat().map(showPart));
    const [module] = await Promise.all([load(), words]);
    return module;
  };
