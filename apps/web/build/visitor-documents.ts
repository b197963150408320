import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Locale, locales } from "@tintype/core/auth";
import { showsPrices, type VisitorPage, visitorPages } from "@tintype/core/visitor-pages";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { withScriptsInside } from "./inline-scripts.ts";
import { linksOfPage } from "./page-assets.ts";

/** Below the build's folder. The server sends nothing from here by its name. */
const FOLDER = ".visitor";

/** What all documents are made of, with `{{slots}}`. */
export const readShell = (): string =>
  readFileSync(path.join(import.meta.dirname, "visitor-document.html"), "utf8").replace(
    'lang="en"',
    'lang="{{lang}}"',
  );

type Drawing = { template: string; page: VisitorPage; locale: Locale; offer: null };
type Renderer = { drawDocument: (drawing: Drawing) => Promise<string> };

/**
 * After the build of the browser's code: draws each page of visitors in each language as a document of its own
 * (`.visitor/ru/pricing.html`). For those that show prices it also leaves what the server needs to draw them anew with
 * the prices of the day: a template of each, and the code that draws (`.visitor/render.js`).
 */
export function visitorDocuments(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "visitor-documents",
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

async function drawAll(outDir: string, { drawDocument }: Renderer): Promise<void> {
  const shell = withScriptsInside(readShell(), outDir);
  for (const locale of locales) {
    mkdirSync(path.join(outDir, FOLDER, locale), { recursive: true });
    for (const page of visitorPages) {
      const template = shell.replace("{{links}}", () => linksOfPage(outDir, page, locale));
      const file = (kind: string) => path.join(outDir, FOLDER, locale, `${page}.${kind}`);
      writeFileSync(file("html"), await drawDocument({ template, page, locale, offer: null }));
      if (showsPrices(page)) writeFileSync(file("template"), template);
    }
  }
}
