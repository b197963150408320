import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { rootDir } from "../stack/web-build.ts";

export const conformanceDir = "packages/services/conformance";

export type Case = { id: string; guarantee: string; answers: string; file: string };

/** The cases as they stand in the source, so that the documentation needs no run. */
export function readCases(): Case[] {
  const files = readdirSync(path.join(rootDir, conformanceDir)).filter((name) =>
    name.endsWith(".test.ts"),
  );
  return files
    .sort()
    .flatMap((file) =>
      casesIn(file, readFileSync(path.join(rootDir, conformanceDir, file), "utf8")),
    );
}

const CALL = /^[ \t]*conformanceCase\(/gm;
const TEXT = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*,/y;

/** @throws Error when a case's number, guarantee or answer is not a plain text: it could not be read as one */
export function casesIn(file: string, source: string): Case[] {
  return [...source.matchAll(CALL)].map((call) => {
    TEXT.lastIndex = call.index + call[0].length;
    const [id, guarantee, answers] = [1, 2, 3].map(() => {
      const found = TEXT.exec(source);
      if (!found) {
        const line = source.slice(0, call.index).split("\n").length;
        throw new Error(`${file}:${line}: a case begins with three plain texts in quotes`);
      }
      return (found[1] ?? found[2] ?? "").replaceAll(/\\(.)/g, "$1");
    });
    return { id: id ?? "", guarantee: guarantee ?? "", answers: answers ?? "", file };
  });
}
