import path from "node:path";
import { describe, expect, test } from "vitest";
import { readSourceTexts } from "../testing/source-texts.ts";
import en from "./en.json" with { type: "json" };
import enBilling from "./en-billing.json" with { type: "json" };
import enMember from "./en-member.json" with { type: "json" };
import enMoney from "./en-money.json" with { type: "json" };
import enPricing from "./en-pricing.json" with { type: "json" };
import enProblems from "./en-problems.json" with { type: "json" };
import enVisitor from "./en-visitor.json" with { type: "json" };
import enWallet from "./en-wallet.json" with { type: "json" };
import ru from "./ru.json" with { type: "json" };
import ruBilling from "./ru-billing.json" with { type: "json" };
import ruMember from "./ru-member.json" with { type: "json" };
import ruMoney from "./ru-money.json" with { type: "json" };
import ruPricing from "./ru-pricing.json" with { type: "json" };
import ruProblems from "./ru-problems.json" with { type: "json" };
import ruVisitor from "./ru-visitor.json" with { type: "json" };
import ruWallet from "./ru-wallet.json" with { type: "json" };

type Tree = { [key: string]: string | Tree };

const flatten = (tree: Tree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flatten(value, `${prefix + key}.`),
  );

/** What the first load carries, and what comes with single pages. */
const parts = {
  en: [en, enMember, enProblems, enVisitor, enMoney, enWallet, enPricing, enBilling].map((tree) =>
    flatten(tree),
  ),
  ru: [ru, ruMember, ruProblems, ruVisitor, ruMoney, ruWallet, ruPricing, ruBilling].map((tree) =>
    flatten(tree),
  ),
};
const languages = { en: new Map(parts.en.flat()), ru: new Map(parts.ru.flat()) };
const plural = /_(zero|one|two|few|many|other)$/;
const withoutPlural = (key: string) => key.replace(plural, "");
const meanings = (texts: Map<string, string>) =>
  [...new Set([...texts.keys()].map(withoutPlural))].toSorted();
const sources = readSourceTexts(path.resolve(import.meta.dirname, ".."));

test("both languages say the same things", () => {
  expect(meanings(languages.ru)).toEqual(meanings(languages.en));
});

describe.each([
  ["en", languages.en],
  ["ru", languages.ru],
] as const)("%s", (locale, texts) => {
  const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;

  test("has every plural form of its language, and no other", () => {
    const counted = [...texts.keys()].filter((key) => plural.test(key));
    const complete = [...new Set(counted.map(withoutPlural))].flatMap((key) =>
      forms.map((form) => `${key}_${form}`),
    );
    expect(counted.toSorted()).toEqual(complete.toSorted());
  });

  test("says nothing twice", () => {
    expect(texts.size).toBe(parts[locale].flat().length);
  });

  test("has no empty text", () => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

test("a text takes the same values in both languages", () => {
  const valuesOf = (texts: Map<string, string>) => {
    const values = new Map<string, string>();
    for (const [key, text] of texts) {
      const names = [...text.matchAll(/{{(\w+)/g)].map(([, name]) => name).toSorted();
      values.set(withoutPlural(key), names.join());
    }
    return values;
  };
  expect(valuesOf(languages.ru)).toEqual(valuesOf(languages.en));
});

test("every key that the pages ask for exists", () => {
  const known = new Set(meanings(languages.en));
  const missing = sources.flatMap(({ file, keys, patterns }) => [
    ...keys.filter((key) => !known.has(key)).map((key) => `${file}: ${key}`),
    ...patterns
      .filter((pattern) => ![...known].some((key) => pattern.test(key)))
      .map((pattern) => `${file}: ${pattern}`),
  ]);
  expect(missing).toEqual([]);
});

test("every text is used somewhere", () => {
  const asked = new Set(sources.flatMap(({ keys }) => keys));
  const patterns = sources.flatMap((source) => source.patterns);
  const unused = meanings(languages.en).filter(
    (key) => !asked.has(key) && !patterns.some((pattern) => pattern.test(key)),
  );
  expect(unused).toEqual([]);
});

test("no page has words of its own: all of them come from the locales", () => {
  const bare = sources.flatMap(({ file, bareTexts }) =>
    bareTexts.map((text) => `${path.basename(file)}: ${text}`),
  );
  expect(bare).toEqual([]);
});
