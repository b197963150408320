import { beforeAll, expect, test, vi } from "vitest";
import { chooseLocale, rememberedLocale, shownLocale, startTexts, translatorOf } from "./i18n.ts";

const page = { documentElement: { lang: "" }, cookie: "" };

beforeAll(async () => {
  vi.stubGlobal("navigator", { language: "en-US" });
  vi.stubGlobal("document", page);
  await startTexts(rememberedLocale(), "common");
});

test("of two quick presses the last one counts, though the words of the first come later", async () => {
  // Russian has to be fetched, English is there.
  await Promise.all([chooseLocale("ru"), chooseLocale("en")]);
  expect([shownLocale(), page.documentElement.lang]).toEqual(["en", "en"]);
  await chooseLocale("ru");
  expect([shownLocale(), page.documentElement.lang]).toEqual(["ru", "ru"]);
  expect(translatorOf("ru")("nav.signIn")).toBe("Войти");
});

test("what was chosen is remembered for the next visit, whatever the browser prefers", () => {
  expect(page.cookie).toMatch(/^tintype\.locale=ru; Path=\/; Max-Age=\d+; SameSite=Lax$/);
  expect(rememberedLocale()).toBe("ru");
  page.cookie = "";
  expect(rememberedLocale()).toBe("en");
});
