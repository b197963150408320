import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Locale, locales } from "@tintype/core/auth";
import {
  type AppDocument,
  appDocuments,
  showsPrices,
  type VisitorPage,
  visitorPages,
} from "@tintype/core/visitor-pages";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { withScriptsInside } from "./inline-scripts.ts";
import {
  APP_ENTRY,
  chunksOfApp,
  chunksOfPage,
  entryOf,
  linksOf,
  readManifest,
} from "./page-assets.ts";

/** Below the build's folder. The server sends nothing from here by its name. */
const FOLDER = ".documents";

/** What all documents are made of, with `{{slots}}`. */
export const readShell = (): string =>
  readFileSync(path.join(import.meta.dirname, "visitor-document.html"), "utf8").replace(
    'lang="en"',
    'lang="{{lang}}"',
  );

type Page = { template: string; page: VisitorPage; locale: Locale; offer: null };
type Outline = { template: string; name: AppDocument; locale: Locale };
type Renderer = {
  drawDocument: (page: Page) => Promise<string>;
  drawOutline: (outline: Outline) => Promise<string>;
};

/**
 * After the build of the browser's code: draws each page of visitors in each language as a document of its own
 * (`.documents/ru/pricing.html`). For those that show prices it also leaves what the server needs to draw them anew with
 * the prices of the day: a template of each, and the code that draws (`.documents/render.js`). And the documents of
 * the app (`.documents/ru/studio.html`), with an outline of what comes.
 */
export function drawnDocuments(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "drawn-documents",
    apply: "build",
    configResolved: (resolved) => {
      config = resolved;
    },
    closeBundle: {
      order: "pre",
      sequential: true,
      handler: async () => {
        const outDir = path.resolve(config.root, config.build.outDir);
        const renderer = await buildRenderer(config.root, path.join(outDir, FOLDER));
        await drawAll(outDir, renderer);
      },
    },
  };
}

/** The same components for Node, with all that they import: the server's image has no React. */
async function buildRenderer(root: string, outDir: string): Promise<Renderer> {
  await build({
    ...{ root, configFile: false, logLevel: "error", publicDir: false },
    define: { "process.env.NODE_ENV": '"production"' },
    ssr: { noExternal: true },
    build: {
      ssr: "src/visitor/render.tsx",
      ...{ outDir, emptyOutDir: true, target: "es2023", minify: true },
      rolldownOptions: { output: { entryFileNames: "render.js", codeSplitting: false } },
    },
  });
  const file = pathToFileURL(path.join(outDir, "render.js"));
  return import(`${file}?built=${Date.now()}`);
}

async function drawAll(outDir: string, renderer: Renderer): Promise<void> {
  const manifest = readManifest(outDir);
  const shell = withScriptsInside(readShell(), outDir);
  const appShell = outlineShell(readFileSync(path.join(outDir, APP_ENTRY), "utf8"));
  for (const locale of locales) {
    mkdirSync(path.join(outDir, FOLDER, locale), { recursive: true });
    const write = (name: string, text: string) =>
      writeFileSync(path.join(outDir, FOLDER, locale, name), text);
    for (const page of visitorPages) {
      const chunks = chunksOfPage(manifest, page, locale);
      const links = linksOf({ outDir, manifest, chunks, entry: entryOf(page) }, locale);
      const template = shell.replace("{{links}}", () => links);
      const drawing = { template, page, locale, offer: null };
      write(`${page}.html`, await renderer.drawDocument(drawing));
      if (showsPrices(page)) write(`${page}.template`, template);
    }
    for (const name of appDocuments) {
      const chunks = chunksOfApp(manifest, name, locale);
      const links = linksOf({ outDir, manifest, chunks, entry: APP_ENTRY }, locale);
      const template = appShell.replace("{{links}}", () => links);
      write(`${name}.html`, await renderer.drawOutline({ template, name, locale }));
    }
  }
}

/** The built document of the app, with a place for the outline and without what Vite has it load. */
const outlineShell = (html: string): string =>
  html
    .replace('<html lang="en">', '<html lang="{{lang}}">')
    .replaceAll(/\s*<link rel="(?:modulepreload|stylesheet|preload)"[^>]*>/g, "")
    .replaceAll(/\s*<script type="module"[^>]*><\/script>/g, "")
    .replace("</head>", "  {{links}}\n  </head>")
    .replace('<div id="root">', '<div id="outline">{{outline}}</div>\n    <div id="root">');
