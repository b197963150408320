import { type Locale, locales } from "@tintype/core/auth";

const find = () => document.getElementById("outline");

/** The language of the outline that the document shows until the page is there; null without one. */
export const outlineLocale = (): Locale | null =>
  find() ? (locales.find((locale) => locale === document.documentElement.lang) ?? null) : null;

/** The page is there: base.css has kept it out of sight until now. */
export const removeOutline = (): void => find()?.remove();

/**
 * The styles that stand in the document need not be loaded by a page that comes later: Vite asks for such a link before it
 * adds one. It loads nothing, being disabled before it gets into the page.
 */
export function claimStyles(): void {
  const files = document.querySelector<HTMLStyleElement>("style[data-files]")?.dataset.files ?? "";
  for (const file of files.split(" ").filter(Boolean)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.setAttribute("disabled", "");
    link.setAttribute("href", file);
    document.head.append(link);
  }
}
