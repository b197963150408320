import i18next, { type i18n } from "i18next";
import { beforeAll, expect, test } from "vitest";
import { missingTextOptions, missingTextWatch } from "./missing-texts.ts";

const reported: string[] = [];
const report = (what: string): void => void reported.push(what);
let texts: i18n;
/** The keys here are not those of the product, which `t` is typed for. */
const show = (key: string, values: object = {}): string[] => {
  texts.t(key as "nav.home", values as never);
  return reported.splice(0);
};

beforeAll(async () => {
  texts = i18next.createInstance();
  await texts.use(missingTextWatch(report)).init({
    ...missingTextOptions(report),
    lng: "ru",
    fallbackLng: "en",
    resources: {
      en: {
        translation: {
          both: "Both",
          onlyEnglish: "Only",
          named: "Dear {{name}}",
          group: { a: "A" },
        },
      },
      ru: { translation: { both: "Оба", named: "{{name}}!", files_one: "{{count}} файл" } },
    },
  });
});

test("a text that is there is not reported", () => {
  expect(show("both")).toEqual([]);
  expect(show("named", { name: "Ada" })).toEqual([]);
  expect(show("files", { count: 1 })).toEqual([]);
});

test("a text that no language has is reported with its key", () => {
  expect(show("nowhere.at.all")).toEqual(["missing text: ru nowhere.at.all"]);
});

test("a text that only another language has is reported, though that one is shown", () => {
  expect(show("onlyEnglish")).toEqual(["missing text: ru onlyEnglish"]);
});

test("a plural form that is missing is reported", () => {
  expect(show("files", { count: 3 })).toEqual(["missing text: ru files"]);
});

test("a group of texts asked for as one text is reported", () => {
  expect(show("group").length).toBe(1);
});

test("a value that a text needs and does not get is reported", () => {
  expect(show("named")).toEqual(['missing text: no value for name in "{{name}}!"']);
});
