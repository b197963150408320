import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locale } from "@tintype/core/auth";
import { type VisitorPage, visitorPages } from "@tintype/core/visitor-pages";
import type { Manifest } from "vite";
import { partsOf } from "../src/visitor/page-parts.ts";

export const entryOf = (page: VisitorPage): string => `src/visitor/entries/${page}.ts`;
export const visitorEntries = Object.fromEntries(
  visitorPages.map((page) => [`visitor-${page}`, entryOf(page)]),
);

/** Letters of a language; digits and names are Latin everywhere. */
const fontsOf: Record<Locale, RegExp> = {
  en: /(manrope-latin-wght|literata-latin-500)-normal\.woff2$/,
  ru: /(manrope-(latin|cyrillic)-wght|literata-cyrillic-500)-normal\.woff2$/,
};

/** A chunk and everything that it imports before it can run, what others need first. */
function withImports(manifest: Manifest, key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the manifest`);
  if (seen.has(key)) return seen;
  for (const imported of chunk.imports ?? []) withImports(manifest, imported, seen);
  return seen.add(key);
}

/** The JavaScript that a page of visitors loads, by keys of the manifest. */
export function chunksOfPage(manifest: Manifest, page: VisitorPage, locale: Locale): Set<string> {
  const texts = partsOf(page).map(
    (part) => `src/locales/${locale}${part === "common" ? "" : `-${part}`}.json`,
  );
  return [entryOf(page), ...texts].reduce(
    (seen, key) => withImports(manifest, key, seen),
    new Set<string>(),
  );
}

/**
 * What a page loads, for the head of its document: the browser asks for all of it at once, not for one after the other
 * as each names the next. Its styles stand in the document, which can be shown as soon as it is there.
 */
export function linksOfPage(outDir: string, page: VisitorPage, locale: Locale): string {
  const manifest: Manifest = JSON.parse(
    readFileSync(path.join(outDir, ".vite/manifest.json"), "utf8"),
  );
  const chunks = [...chunksOfPage(manifest, page, locale)].map((key) => manifest[key]);
  const styles = [...new Set(chunks.flatMap((chunk) => chunk?.css ?? []))];
  const fonts = Object.values(manifest).filter(({ src }) => src && fontsOf[locale].test(src));
  return [
    `<style>${styles.map((file) => readFileSync(path.join(outDir, file), "utf8").trim()).join("\n")}</style>`,
    ...[...new Set(fonts.map(({ file }) => file))].map(
      (file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}">`,
    ),
    // What makes the page answer comes after what makes it seen.
    ...chunks.map(
      (chunk) =>
        `<link rel="modulepreload" fetchpriority="low" crossorigin href="/${chunk?.file}">`,
    ),
    `<script type="module" fetchpriority="low" crossorigin src="/${manifest[entryOf(page)]?.file}"></script>`,
  ].join("\n    ");
}
