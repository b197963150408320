import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { readable, readyMessage } from "./terminal.ts";

const plain = (text: string) => stripVTControlCharacters(text);

test("a log line of ours is read as its message and what belongs to it", () => {
  const line = '{"level":30,"time":1,"service":"server","port":4000,"msg":"listening"}';
  expect(plain(readable(line))).toBe("listening port=4000");
});

test.each(["VITE ready", "{ not json", '{"no":"message"}'])("%s stays as it is", (line) => {
  expect(readable(line)).toBe(line);
});

test("the demo accounts are shown only where they exist", () => {
  const table: [string, string][] = [["App", "http://localhost:5173"]];
  const shown = plain(readyMessage({ table, hasDemoAccounts: true }, 3.31));
  expect(shown).toContain("App         http://localhost:5173");
  expect(shown).toContain("demo@tintype.local / demo-demo-demo");
  expect(shown).toContain("admin@tintype.local / admin-admin-admin");
  expect(plain(readyMessage({ table, hasDemoAccounts: false }, 1))).not.toContain("demo");
});
