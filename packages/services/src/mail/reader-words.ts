import type { Locale } from "@tintype/core/auth";

/** Numbers, money and moments as the reader of a letter writes them. */
export type ReaderWords = {
  /** "1 credit", "5 credits" */
  credits: (count: number) => string;
  /** Cents of US dollars. */
  money: (cents: number) => string;
  /** By the reader's own calendar: "1 June 2026". */
  day: (iso: string) => string;
};

const nouns: Record<Locale, Record<string, string> & { other: string }> = {
  en: { one: "credit", other: "credits" },
  ru: { one: "кредит", few: "кредита", other: "кредитов" },
};

export function readerWords(locale: Locale, timeZone: string): ReaderWords {
  const number = new Intl.NumberFormat(locale);
  const plural = new Intl.PluralRules(locale);
  const money = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone });
  return {
    credits: (count) =>
      `${number.format(count)} ${nouns[locale][plural.select(count)] ?? nouns[locale].other}`,
    money: (cents) => money.format(cents / 100),
    // "30 июня 2026 г." at the end of a sentence would end it twice.
    day: (iso) => day.format(new Date(iso)).replace(/\s?г\.$/, ""),
  };
}
