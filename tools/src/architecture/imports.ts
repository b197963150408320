export type SourceFile = {
  /** From the root of the repository, with forward slashes. */
  path: string;
  text: string;
};

export type Import = { specifier: string; isTypeOnly: boolean; line: number };

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`. */
const STATIC = /^[ \t]*(import|export)(\s+type)?\b([^"';]*?\bfrom)?\s*["']([^"'\n]+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'`]([^"'`\n]+)["'`]\s*\)/g;

/**
 * All imports of a file. `import { type A }` is not type-only: under verbatimModuleSyntax the module
 * is still loaded, and its package must be there at run time.
 */
export function findImports(text: string): Import[] {
  const lineAt = (index: number) => text.slice(0, index).split("\n").length;
  const found: Import[] = [];
  for (const match of text.matchAll(STATIC)) {
    const [, keyword, type, from, specifier = ""] = match;
    if (keyword === "export" && !from) continue; // `export const x = "…"` imports nothing.
    found.push({ specifier, isTypeOnly: type !== undefined, line: lineAt(match.index) });
  }
  for (const match of text.matchAll(DYNAMIC)) {
    found.push({ specifier: match[1] ?? "", isTypeOnly: false, line: lineAt(match.index) });
  }
  return found;
}
