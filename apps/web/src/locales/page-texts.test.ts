import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { visitorPages } from "@tintype/core/visitor-pages";
import { expect, test } from "vitest";
import { readModules, readRoutes, type SourceRoute } from "../testing/source-modules.ts";
import { readSourceTexts } from "../testing/source-texts.ts";
import { partsOf } from "../visitor/page-parts.ts";

type Tree = { [key: string]: string | Tree };

const src = path.resolve(import.meta.dirname, "..");
const keysIn = (tree: Tree, prefix = ""): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string"
      ? [(prefix + key).replace(/_(zero|one|two|few|many|other)$/, "")]
      : keysIn(value, `${prefix + key}.`),
  );

/** The keys of every file of texts by its part. */
const parts = new Map(
  readdirSync(import.meta.dirname)
    .map((name) => /^en-?(\w*)\.json$/.exec(name)?.[1])
    .filter((part) => part !== undefined)
    .map((part): [string, Set<string>] => {
      const file = path.join(import.meta.dirname, `en${part && `-${part}`}.json`);
      return [part || "common", new Set(keysIn(JSON.parse(readFileSync(file, "utf8"))))];
    }),
);
const textsOf = new Map(readSourceTexts(src).map((texts) => [texts.file, texts]));
const modules = readModules(src);

/** Every page as a chain of modules that are loaded together, with the parts that are loaded with them. */
type Page = { name: string; roots: string[]; parts: Set<string> };

/** What a page shows that none of its parts has; what it opens later brings its own parts with it. */
function missingOn({ name, roots, parts: loaded }: Page, seen = new Set<string>()): string[] {
  const missing: string[] = [];
  const has = (key: string) => [...loaded].some((part) => parts.get(part)?.has(key));
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    // Its words come with the answer that needs them: see trpc.ts.
    if (file.endsWith("lib/problem.ts")) return;
    const { keys = [], patterns = [] } = textsOf.get(file) ?? {};
    const meant = [...parts.values()].flatMap((known) =>
      [...known].filter((key) => patterns.some((pattern) => pattern.test(key))),
    );
    const where = `${name}: ${path.relative(src, file)}`;
    missing.push(
      ...[...keys, ...meant].filter((key) => !has(key)).map((key) => `${where}: ${key}`),
    );
    const { imports = [], lazy = [] } = modules.get(file) ?? {};
    imports.forEach(visit);
    // The router's pages are pages of their own below.
    if (file.endsWith("router.tsx")) return;
    for (const { file: later, parts: more } of lazy) {
      missing.push(
        ...missingOn({ name, roots: [later], parts: new Set([...loaded, ...more]) }, new Set(seen)),
      );
    }
  };
  roots.forEach(visit);
  return missing;
}

const routes = readRoutes(path.join(src, "routes/router.tsx"));

/** A route is shown inside its parents, and their texts are there as well. */
function chainOf(route: SourceRoute): SourceRoute[] {
  const parent = routes.find(({ name }) => name === route.parent);
  return parent ? [...chainOf(parent), route] : [route];
}

const pageOf = (route: SourceRoute): Page => {
  const components = chainOf(route).flatMap(({ component }) => component ?? []);
  return {
    name: route.name,
    roots: components.map(({ file }) => file),
    parts: new Set(["common", "member", ...components.flatMap((component) => component.parts)]),
  };
};

test("the routes and their texts are found", () => {
  expect(routes.length).toBeGreaterThan(12);
  expect([...parts.keys()]).toEqual(expect.arrayContaining(["common", "visitor", "problems"]));
  const pricing = routes.find(({ name }) => name === "pricing");
  expect(pricing && [...pageOf(pricing).parts]).toEqual(expect.arrayContaining(["billing"]));
});

test("what every page needs is in the first load", () => {
  const entry = {
    name: "entry",
    roots: [path.join(src, "main.tsx")],
    parts: new Set(["common", "member"]),
  };
  expect(missingOn(entry)).toEqual([]);
});

test.each(routes.map((route) => [route.name, route] as const))(
  "%s loads every text that it can show",
  (_, route) => {
    expect(missingOn(pageOf(route))).toEqual([]);
  },
);

test.each(visitorPages)("visitors' %s loads every text that it can show", (page) => {
  const roots = [path.join(src, `visitor/entries/${page}.ts`)];
  expect(missingOn({ name: page, roots, parts: new Set(partsOf(page)) })).toEqual([]);
});
