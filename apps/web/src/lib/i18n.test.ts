import i18next from "i18next";
import { beforeAll, expect, test, vi } from "vitest";
import { startTranslations, switchLocale } from "./i18n.ts";

beforeAll(async () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => undefined } });
  vi.stubGlobal("navigator", { language: "en-US" });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  await startTranslations();
});

test("of two quick presses the last one counts, though the words of the first come later", async () => {
  // Russian has to be fetched, English is there.
  await Promise.all([switchLocale("ru"), switchLocale("en")]);
  expect([i18next.language, document.documentElement.lang]).toEqual(["en", "en"]);
  await switchLocale("ru");
  expect([i18next.language, document.documentElement.lang]).toEqual(["ru", "ru"]);
});
