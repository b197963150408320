import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Manifest } from "./check-manifests.ts";
import type { SourceFile } from "./imports.ts";

const TOPS = ["apps", "packages", "tools"];
const SKIPPED = new Set(["node_modules", "dist", ".tintype", ".cache"]);
const CODE = /\.(ts|tsx|mjs|js|css|sql)$/;

/** All code and all package.json files of the workspace, as they lie on disk. */
export function readRepository(root: string): { files: SourceFile[]; manifests: Manifest[] } {
  const paths = TOPS.flatMap((top) => walk(root, top));
  const read = (file: string) => readFileSync(path.join(root, file), "utf8");
  return {
    files: paths
      .filter((file) => CODE.test(file))
      .map((file) => ({ path: file, text: read(file) })),
    manifests: paths
      .filter((file) => path.posix.basename(file) === "package.json")
      .map((file) => JSON.parse(read(file)) as Manifest),
  };
}

function walk(root: string, dir: string): string[] {
  return readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const child = `${dir}/${entry.name}`;
    return entry.isDirectory() ? walk(root, child) : [child];
  });
}
