import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { locales } from "@tintype/core/auth";
import { appDocuments, showsPrices, visitorPages } from "@tintype/core/visitor-pages";

/** What apps/web/src/visitor/render.tsx would be, with the prices where a test finds them. */
const RENDERER = `
export const drawDocument = async ({ template, page, locale, offer }) =>
  template + " drawn " + page + " " + locale + " " + offer.catalogue.rewards.welcomeCredits;
`;

/** The shape of what the web build leaves. */
export function writeBuiltSpa(directory: string): void {
  const write = (name: string, content: string | Buffer) => {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  write("index.html", "<!doctype html><title>Tintype</title>");
  write("color-scheme.js", "{ document; }");
  write("early-submit.js", "{ window; }");
  write("assets/main-a1b2c3.js", "console.log('hello')");
  // As the build leaves it beside the file: what it holds tells that it was this one that was sent.
  write("assets/main-a1b2c3.js.br", brotliCompressSync("'brotli'"));
  write("assets/main-a1b2c3.js.gz", gzipSync("'gzip'"));
  write("favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  write(".documents/render.js", RENDERER);
  for (const locale of locales) {
    for (const page of visitorPages) {
      write(`.documents/${locale}/${page}.html`, `built ${page} ${locale}`);
      if (showsPrices(page)) write(`.documents/${locale}/${page}.template`, "template of");
    }
    for (const name of appDocuments)
      write(`.documents/${locale}/${name}.html`, `app ${name} ${locale}`);
  }
}
