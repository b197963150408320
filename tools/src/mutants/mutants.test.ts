import { readFileSync } from "node:fs";
import path from "node:path";
import { applyEdit } from "@tintype/db/testing/model/plant";
import { expect, test } from "vitest";
import { rootDir } from "../stack/web-build.ts";
import { bugsOfCore } from "./bugs-of-core.ts";
import { bugsOfPool } from "./bugs-of-pool.ts";
import { failureIn } from "./nursery.ts";
import { tableOf } from "./table.ts";

test("every bug of the pure rules and of the pool can still be planted: its text stands there once", () => {
  for (const { edits } of [...bugsOfCore, ...bugsOfPool]) {
    const texts = new Map<string, string>();
    for (const edit of edits) {
      const text = texts.get(edit.file) ?? readFileSync(path.join(rootDir, edit.file), "utf8");
      const edited = applyEdit(text, edit);
      expect(edited).not.toBe(text);
      texts.set(edit.file, edited);
    }
  }
});

test("who caught a bug is the first test that failed; a suite that cannot run has caught nothing", () => {
  const file = { name: "a.test.ts", message: "" };
  const results = [
    { fullName: "the first", status: "passed" },
    { fullName: "the second", status: "failed" },
  ];
  expect(failureIn({ testResults: [{ ...file, assertionResults: results }] })).toBe("the second");
  const broken = { ...file, message: "no such module", assertionResults: [] };
  expect(() => failureIn({ testResults: [broken] })).toThrow("no such module");
});

test("the table says who caught what, and what nobody did", () => {
  const bug = { name: "a bug", edits: [] };
  const rows = tableOf([
    { bug, caughtBy: "a test", seconds: 3.2 },
    { bug, caughtBy: null, seconds: 61 },
  ]).split("\n");
  expect(rows.slice(2)).toEqual(["| a bug | a test | 3 |", "| a bug | **nobody** | 61 |"]);
});
