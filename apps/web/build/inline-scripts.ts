import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

/** `<script src="/color-scheme.js"></script>`: a file of public/ that is neither a module nor to be waited for. */
const PLAIN_SCRIPT = /<script src="\/([\w-]+\.js)"><\/script>/g;

/**
 * Puts the few lines that run before anything is seen into the document itself: it need not wait for another request.
 * The server allows them by their hash (page-security.ts), and nothing else that stands in a page.
 */
export const withScriptsInside = (html: string, directory: string): string =>
  html.replace(
    PLAIN_SCRIPT,
    (_, name: string) => `<script>${readFileSync(path.join(directory, name), "utf8")}</script>`,
  );

/** The same for the document of the app. */
export function inlineScripts(): Plugin {
  let publicDir = "";
  return {
    name: "inline-scripts",
    apply: "build",
    configResolved: (config) => {
      publicDir = config.publicDir;
    },
    transformIndexHtml: { order: "post", handler: (html) => withScriptsInside(html, publicDir) },
  };
}
