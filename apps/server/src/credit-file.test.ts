import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCreditFile } from "./credit-file.ts";
import { importReport } from "./import-report.ts";
import { TestBrowser, useTestServer } from "./testing.ts";

const server = useTestServer();
const directory = mkdtempSync(path.join(tmpdir(), "tintype-import-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("quotes, commas, line breaks, a byte order mark and Windows line ends are read", () => {
  const text =
    '\uFEFFexternalId,email,credits,note\r\na1,ann@example.com,5,"one, ""two""\r\nthree"\r\n\r\na2, bob@example.com ,7,\r\n';
  expect(readCreditFile(text)).toEqual([
    {
      line: 3,
      values: {
        externalId: "a1",
        email: "ann@example.com",
        credits: "5",
        note: 'one, "two"\nthree',
      },
    },
    { line: 5, values: { externalId: "a2", email: "bob@example.com", credits: "7", note: "" } },
  ]);
});

test.each([
  ["", /the file is empty/],
  ["email,credits\na@example.com,5", /the header lacks externalId/],
  ["externalId,email,credits,Credits\na,b,1,2", /the header has Credits; known are/],
  ["externalId,email,credits,credits\na,b,1,2", /a column twice/],
  // An amount with a thousands separator would otherwise be read as another amount.
  ["externalId,email,credits\na,b@example.com,1,200", /line 2/],
  ['externalId,email,credits\na,"b,1', /line/i],
])("%j is no such file, and is refused as a whole", (text, message) => {
  expect(() => readCreditFile(text)).toThrow(message);
});

test("the report keeps its columns whatever the file says", () => {
  const report = importReport([
    {
      line: 2,
      externalId: "a\u001b[2J",
      email: "a@example.com",
      outcome: "failed",
      explanation: "x",
    },
    { line: 13, externalId: "b", email: "b@example.com", outcome: "granted", explanation: "5" },
  ]);
  expect(report.split("\n")).toEqual([
    "line  externalId  email          outcome  explanation",
    "2     a·[2J       a@example.com  failed   x",
    "13    b           b@example.com  granted  5",
    "",
    "1 failed, 1 granted",
    "",
  ]);
});

const runImport = (text: string, ...options: string[]) => {
  const file = path.join(directory, "balances.csv");
  writeFileSync(file, text);
  const program = path.join(import.meta.dirname, "import-credits.ts");
  const env = { PATH: "/usr/bin:/bin", DATABASE_URL: server.database.url };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, file, ...options], {
    ...{ env, encoding: "utf8", timeout: 25_000 },
  });
  return { status, stdout, stderr };
};

test("the command imports, says so, and ends with 1 when a row has failed", async () => {
  const browser = new TestBrowser(server.app);
  const { data } = await browser.signUp();
  const good = `externalId,email,credits\nold-1,${data?.email},40\n`;
  expect(runImport(good, "--dry-run").stdout).toContain("1 would_wait");
  await server.database.db.execute("update users set verified_email = email");
  const balance = async () => (await browser.query("credits.balance")).data?.available;

  const dry = runImport(good, "--dry-run");
  expect(dry).toMatchObject({ status: 0, stderr: "" });
  expect(dry.stdout).toContain("1 would_be_granted");
  expect(await balance()).toBe(10);

  const real = runImport(`${good}old-2,nobody@example.com,none\n`);
  expect(real.status).toBe(1);
  expect(real.stdout).toContain("1 granted, 1 failed");
  expect(await balance()).toBe(50);
}, 240_000);

test("what is no such file ends the command with one line and 1", () => {
  expect(runImport("nonsense")).toMatchObject({
    status: 1,
    stderr: "the header lacks externalId, email, credits\n",
  });
}, 240_000);
