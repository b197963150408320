import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locale } from "@tintype/core/auth";
import { type AppDocument, type VisitorPage, visitorPages } from "@tintype/core/visitor-pages";
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

export const APP_ENTRY = "index.html";
const memberLayout = "src/routes/member-layout.tsx";
/** What the app loads first, whoever it is for; of the studio also what it asks for at once. */
const appRoots: Record<AppDocument, string[]> = {
  app: [APP_ENTRY, memberLayout],
  studio: [
    APP_ENTRY,
    memberLayout,
    "src/routes/studio-page.tsx",
    "src/features/jobs/job-feed.tsx",
    "src/features/shell/live/start-live.ts",
  ],
};

export function chunksOfApp(manifest: Manifest, name: AppDocument, locale: Locale): Set<string> {
  const parts = ["", "-member", ...(name === "studio" ? ["-problems"] : [])];
  const texts = parts.map((part) => `src/locales/${locale}${part}.json`);
  return [...appRoots[name], ...texts].reduce(
    (seen, key) => withImports(manifest, key, seen),
    new Set<string>(),
  );
}

export const readManifest = (outDir: string): Manifest =>
  JSON.parse(readFileSync(path.join(outDir, ".vite/manifest.json"), "utf8"));

type Loading = { outDir: string; manifest: Manifest; chunks: Set<string>; entry: string };

/**
 * What a page loads, for the head of its document: the browser asks for all of it at once, not for one after the other
 * as each names the next. Its styles stand in the document, which can be shown as soon as it is there.
 */
export function linksOf({ outDir, manifest, chunks, entry }: Loading, locale: Locale): string {
  const loaded = [...chunks].map((key) => manifest[key]);
  const styles = [...new Set(loaded.flatMap((chunk) => chunk?.css ?? []))];
  const texts = styles.map((file) => readFileSync(path.join(outDir, file), "utf8").trim());
  const fonts = Object.values(manifest).filter(({ src }) => src && fontsOf[locale].test(src));
  return [
    `<style data-files="${styles.map((file) => `/${file}`).join(" ")}">${texts.join("\n")}</style>`,
    ...[...new Set(fonts.map(({ file }) => file))].map(
      (file) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}">`,
    ),
    // What makes the page answer comes after what makes it seen.
    ...loaded.map(
      (chunk) =>
        `<link rel="modulepreload" fetchpriority="low" crossorigin href="/${chunk?.file}">`,
    ),
    `<script type="module" fetchpriority="low" crossorigin src="/${manifest[entry]?.file}"></script>`,
  ].join("\n    ");
}
