import { describe, expect, test } from "vitest";
import { readDocument, writeDocument } from "./document.ts";
import { expectedGroups } from "./expected.ts";
import { casesIn, readCases } from "./read-cases.ts";
import { conformanceOf, tableLines } from "./table.ts";

const source = `
conformanceCase("S2", "a \\"good\\" end", 'rule: the user\\'s words', async () => {});
conformanceCase(
  "C1",
  "one, not two",
  "open-saas#727: two",
  async () => {},
);
`;
const cases = casesIn("a.test.ts", source);
const reportOf = (status: string) => ({
  testResults: [
    {
      name: "a.test.ts",
      message: "",
      assertionResults: [
        { fullName: "C1 one, not two", status },
        { fullName: 'S2 a "good" end', status: "passed" },
      ],
    },
  ],
});
const lines = (status: string) => tableLines(conformanceOf(cases, reportOf(status))).join("\n");

describe("the table", () => {
  test("reads the cases from the source, and refuses what it could not print", () => {
    expect(cases).toMatchObject([
      { id: "S2", guarantee: 'a "good" end', answers: "rule: the user's words" },
      { id: "C1", guarantee: "one, not two", answers: "open-saas#727: two" },
    ]);
    const loop = 'conformanceCase("C1", `$' + '{n} tabs`, "rule", run);';
    expect(() => casesIn("b.test.ts", loop)).toThrow("b.test.ts:1");
  });

  test("stands in the order W C S R P T A and tells what passed", () => {
    const { rows } = conformanceOf(cases, reportOf("passed"));
    expect(rows.map(({ id, result }) => `${id} ${result}`)).toEqual(["C1 passed", "S2 passed"]);
    expect(lines("passed")).toContain("2 of 2 cases passed");
  });

  test.each([
    ["failed", "C1 one, not two: failed"],
    ["skipped", "C1 one, not two: failed"],
  ])("is red when a case has %s", (status, problem) => {
    expect(conformanceOf(cases, reportOf(status)).problems).toContain(`Conformance: ${problem}`);
  });

  test("is red when a case was not run, is not listed, or is missing", () => {
    const { problems } = conformanceOf([{ ...cases[1], id: "C9" } as (typeof cases)[0]], undefined);
    expect(problems).toContain("Conformance: C9 is not listed");
    expect(problems).toContain("Conformance: C9 one, not two: not run");
    expect(problems).toContain("Conformance: no test for S9 grant expires mid-job");
  });

  test("is green when every case that is listed has passed", () => {
    const everything = expectedGroups
      .flatMap(({ letter, cases: texts }) => texts.map((_, index) => `${letter}${index + 1}`))
      .map((id) => ({ id, guarantee: "g", answers: "rule", file: "a.test.ts" }));
    const passed = everything.map(({ id }) => ({ fullName: `${id} g`, status: "passed" }));
    const report = { testResults: [{ name: "a", message: "", assertionResults: passed }] };
    expect(conformanceOf(everything, report).problems).toEqual([]);
  });
});

describe("the suite", () => {
  test("has every case that is listed, and lists every case it has", () => {
    const { missing, problems } = conformanceOf(readCases(), undefined);
    expect(missing).toEqual([]);
    expect(problems.filter((problem) => problem.endsWith("is not listed"))).toEqual([]);
  });

  test("has a page in docs that is current; `npm run conformance:document` writes it anew", () => {
    expect(readDocument()).toBe(writeDocument());
  });

  test("links each public bug to where it can be read", () => {
    const bugs = readCases().filter(({ answers }) => /\w#\d/.test(answers));
    const linked = writeDocument(bugs).match(/\/issues\/\d+/g) ?? [];
    const named = bugs.flatMap(({ answers }) => answers.match(/[\w/.-]+#\d+/g) ?? []);
    expect(linked.length, `of ${named.join(" ")}`).toBe(named.length);
  });
});
