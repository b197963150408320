import type { Locale } from "@tintype/core/auth";
import { showsPrices, type VisitorPage } from "@tintype/core/visitor-pages";
import { renderToString } from "react-dom/server";
import type { Offer } from "../lib/ask-server.ts";
import { showLocale, showPart, translatorOf } from "../lib/i18n.ts";
import { pageTitle } from "../lib/use-page-title.ts";
import { descriptionOf, pictureOf, titleOf } from "./head.ts";
import { dataOf, type PageData } from "./page-data.ts";
import { partsOf } from "./page-parts.ts";
import { pages } from "./pages.ts";
import { VisitorApp } from "./visitor-app.tsx";

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Inside of a script element, where only its end would be read as markup. */
const asJson = (data: PageData): string => JSON.stringify(data).replaceAll("<", "\\u003c");

/** @param template of this page and language (build/visitor-documents.ts) */
type Drawing = { template: string; page: VisitorPage; locale: Locale; offer: Offer | null };

/**
 * Draws a page of visitors as a whole document. The build does it for every page and language, and the server anew for
 * those that show prices, with the prices.
 */
export async function drawDocument({ template, page, locale, offer }: Drawing): Promise<string> {
  showLocale(locale);
  await showPart(...partsOf(page), "visitor");
  // Another document may have been drawn in the meantime; from here on nothing waits.
  showLocale(locale);
  const data = offer && showsPrices(page) ? dataOf(offer, page === "pricing") : null;
  const t = translatorOf(locale);
  const slots: Record<string, string> = {
    lang: locale,
    title: escaped(pageTitle(titleOf(page, t))),
    description: escaped(descriptionOf(page, t)),
    picture: pictureOf(page),
    page: renderToString(<VisitorApp page={pages[page]} data={data} />),
    data: data ? `<script id="page-data" type="application/json">${asJson(data)}</script>` : "",
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => slots[name] ?? "");
}
