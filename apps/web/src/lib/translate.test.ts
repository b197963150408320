import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Locale, locales } from "@tintype/core/auth";
import i18next from "i18next";
import { describe, expect, test } from "vitest";
import { createTexts, type TextTree } from "./translate.ts";

const folder = path.resolve(import.meta.dirname, "../locales");
const treesOf = (locale: Locale): TextTree[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(locale) && name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")));

const flatten = (tree: TextTree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flatten(value, `${prefix + key}.`),
  );

describe.each(locales)("in %s", (locale) => {
  const reported: string[] = [];
  const texts = createTexts((what) => reported.push(what));
  const trees = treesOf(locale);
  for (const tree of trees) texts.add(locale, tree);
  const original = i18next.createInstance();
  void original.init({
    lng: locale,
    resources: {},
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  for (const tree of trees) original.addResourceBundle(locale, "translation", tree, true);
  const all = trees.flatMap((tree) => flatten(tree));

  test("every text, with every count and value, reads as i18next would write it", () => {
    expect(all.length).toBeGreaterThan(700);
    for (const [key, text] of all) {
      const asked = key.replace(/_(zero|one|two|few|many|other)$/, "");
      const holes = [...text.matchAll(/\{\{(\w+)(?:, (\w+))?/g)];
      for (const count of [0, 1, 2, 5, 11, 21, 22, 1_000, 1_234_567.891]) {
        const given = holes.map(([, name, format]) => [
          name,
          format === "datetime" ? new Date(1e12 + count) : count,
        ]);
        const values = { ...Object.fromEntries(given), ...(asked !== key && { count }) };
        expect(texts.translate(locale, asked, values)).toBe(original.t(asked, values));
      }
    }
    expect(reported).toEqual([]);
  });
});

describe("a text that is missing is reported", () => {
  const reported: string[] = [];
  const texts = createTexts((what) => reported.push(what));
  texts.add("en", {
    both: "Both",
    onlyEnglish: "Only",
    named: "Dear {{name}}",
    dated: "On {{at, datetime(dateStyle: long)}}",
    group: { a: "A" },
  });
  texts.add("ru", { both: "Оба", named: "{{name}}!", files_one: "{{count}} файл" });
  const show = (key: string, values = {}): [string, string[]] => {
    reported.length = 0;
    return [texts.translate("ru", key, values), [...reported]];
  };

  test("but not one that is there", () => {
    expect(show("both")).toEqual(["Оба", []]);
    expect(show("named", { name: "Ada" })).toEqual(["Ada!", []]);
    expect(show("files", { count: 1 })).toEqual(["1 файл", []]);
  });

  test("when no language has it, with its key", () => {
    const nowhere = ["nowhere.at.all", ["missing text: ru nowhere.at.all"]];
    expect(show("nowhere.at.all")).toEqual(nowhere);
  });

  test("when only another language has it, though that one is shown", () => {
    expect(show("onlyEnglish")).toEqual(["Only", ["missing text: ru onlyEnglish"]]);
  });

  test("when its plural form is missing", () => {
    expect(show("files", { count: 3 })[1]).toEqual(["missing text: ru files"]);
  });

  test("when a group of texts is asked for as one", () => {
    expect(show("group")[1]).toEqual(["missing text: ru group"]);
  });

  test("when a value that it names was not given", () => {
    const hole = 'missing text: no value for name in "{{name}}!"';
    expect(show("named")).toEqual(["!", [hole]]);
  });

  test("and a key that is a word of every object is no text", () => {
    expect(show("constructor.name")[1]).toEqual(["missing text: ru constructor.name"]);
    expect(show("toString")[1]).toEqual(["missing text: ru toString"]);
  });
});
