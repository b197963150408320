import { expect, test } from "vitest";
import { z } from "zod";
import { inputText, isInputText } from "./text.ts";

const line = inputText({ min: 1, max: 20 });
const prose = inputText({ min: 3, max: 200, isProse: true });
const accepts = (schema: z.ZodType, text: string) => schema.safeParse(text).success;

test.each([
  ["NUL", "a\0b"],
  ["half a surrogate pair, the first", "a\ud83d"],
  ["half a surrogate pair, the second", "\ude00b"],
  ["a bell", "a\u0007b"],
  ["escape", "a\u001b[31mb"],
  ["delete", "a\u007fb"],
  ["a control of the upper half", "a\u0085b"],
])("%s is no text, in a line or in prose", (_, text) => {
  expect([accepts(line, text), accepts(prose, text)]).toEqual([false, false]);
});

test.each(["a\nb", "a\tb", "a\u2028b", "a\u202eb", "a\u2066b"])("%j is not one line", (text) => {
  expect(accepts(line, text)).toBe(false);
});

test("prose keeps its line breaks, in one form, and loses what moves letters around", () => {
  expect(prose.parse("one\r\ntwo\rthree\u2028four\tfive")).toBe("one\ntwo\nthree\nfour\tfive");
  expect(prose.parse("\u2068Ada\u2069 \u202eevil")).toBe("Ada evil");
});

test("every language is text, and marks that its letters need stay", () => {
  for (const text of ["Кофе", "קפה\u200f", "می\u200cخواهم", "👩‍🍳🇯🇵", "한국어", "नमस्ते"]) {
    expect(line.parse(text)).toBe(text.normalize("NFC"));
  }
});

test("the same word is the same text, however it was composed", () => {
  expect(line.parse("Cafe\u0301")).toBe("Caf\u00e9");
});

test("spaces and invisible characters alone are nothing", () => {
  for (const text of ["", "   ", "\u200b\u200b\u200b\u200b", "\ufeff", "\u00ad\u00ad\u00ad"]) {
    expect([accepts(line, text), accepts(prose, text)]).toEqual([false, false]);
  }
  expect(accepts(inputText({ max: 5 }), "")).toBe(true);
});

test("text has an end, and a password keeps its spaces", () => {
  expect(accepts(line, "a".repeat(21))).toBe(false);
  expect(inputText({ max: 20, keepsSpaces: true }).parse("  a b  ")).toBe("  a b  ");
});

test("what is added to a text does not make it another", () => {
  expect(isInputText(line.refine((text) => text !== "x"))).toBe(true);
  expect(isInputText(z.string().max(5))).toBe(false);
  expect(
    isInputText(
      z
        .string()
        .regex(/^[^\0]*$/)
        .max(5),
    ),
  ).toBe(false);
});
