import type { Locale } from "@tintype/core/auth";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "../locales/en.json" with { type: "json" };
import type { RussianTexts } from "./locale-coverage.ts";
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
export async function startTranslations(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
  await switchLocale(visitorLocale());
}

/** Loads the language when it is first asked for, shows it, and remembers it for the next visit. */
export async function switchLocale(locale: Locale): Promise<void> {
  if (locale === "ru" && !i18next.hasResourceBundle("ru", "translation")) {
    const ru: RussianTexts = (await import("../locales/ru.json")).default;
    i18next.addResourceBundle("ru", "translation", ru);
  }
  writeStored(storageKey, locale);
  document.documentElement.lang = locale;
  await i18next.changeLanguage(locale);
}
