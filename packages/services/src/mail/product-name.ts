import type { Locale } from "@tintype/core/auth";

/** What the presets of the catalogue call their packs; the names of plans are names in every language. */
const russian: Record<string, string> = {
  "30 minutes": "30 минут",
  "2 hours": "2 часа",
  "5 hours": "5 часов",
  "100 credits": "100 кредитов",
  "500 credits": "500 кредитов",
  "1,500 credits": "1 500 кредитов",
  Monthly: "Ежемесячный",
};

/** A product's name in the reader's language, where it is one of ours; else as the operator wrote it. */
export const productName = (locale: Locale, name: string): string =>
  locale === "ru" ? (russian[name] ?? name) : name;
