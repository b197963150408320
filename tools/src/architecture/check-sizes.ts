import type { SourceFile } from "./imports.ts";
import { MAX_LINES } from "./table.ts";

const CODE = /\.(ts|tsx|mjs|js|css|sql)$/;
const EXEMPT = /\.test\.tsx?$|\/e2e\/|\/migrations\//;

/** A file is one story. Tests are as long as their guarantees, and migrations are generated. */
export function checkSizes(files: SourceFile[]): string[] {
  return files
    .filter(({ path }) => CODE.test(path) && !EXEMPT.test(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines; ${MAX_LINES} is the limit`);
}
