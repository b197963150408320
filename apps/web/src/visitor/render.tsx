import { MantineProvider } from "@mantine/core";
import type { Locale } from "@tintype/core/auth";
import { type AppDocument, showsPrices, type VisitorPage } from "@tintype/core/visitor-pages";
import type { ComponentType } from "react";
import { renderToStaticMarkup, renderToString } from "react-dom/server";
import { withoutForeignColours } from "../../build/foreign-colours.ts";
import type { Offer } from "../lib/ask-server.ts";
import { showLocale, showPart, translatorOf } from "../lib/i18n.ts";
import { cssVariablesResolver, theme } from "../lib/theme.ts";
import { pageTitle } from "../lib/use-page-title.ts";
import { PageOutline } from "../routes/page-outline.tsx";
import { StudioOutline } from "../routes/studio-outline.tsx";
import { descriptionOf, pictureOf, titleOf } from "./head.ts";
import { dataOf, type PageData } from "./page-data.ts";
import { partsOf } from "./page-parts.ts";
import { pages } from "./pages.ts";
import { VisitorApp } from "./visitor-app.tsx";

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Inside of a script element, where only its end would be read as markup. */
const asJson = (data: PageData): string => JSON.stringify(data).replaceAll("<", "\\u003c");

/** `template` is of this page and language (build/documents.ts). */
type Drawing = { template: string; page: VisitorPage; locale: Locale; offer: Offer | null };

const fill = (template: string, slots: Record<string, string>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => slots[name] ?? "");

/**
 * Draws a page of visitors as a whole document. The build does it for every page and language, and the server anew for
 * those that show prices, with the prices.
 */
export async function drawDocument({ template, page, locale, offer }: Drawing): Promise<string> {
  showLocale(locale);
  // The description of some is a text of another part.
  await showPart(...partsOf(page), "visitor");
  // Another document may have been drawn in the meantime; from here on nothing waits.
  showLocale(locale);
  const data = offer && showsPrices(page) ? dataOf(offer, page === "pricing") : null;
  const t = translatorOf(locale);
  return fill(template, {
    lang: locale,
    title: escaped(pageTitle(titleOf(page, t))),
    description: escaped(descriptionOf(page, t)),
    picture: pictureOf(page),
    page: withoutForeignColours(renderToString(<VisitorApp page={pages[page]} data={data} />)),
    data: data ? `<script id="page-data" type="application/json">${asJson(data)}</script>` : "",
  });
}

const outlines: Record<AppDocument, ComponentType> = { studio: StudioOutline, app: PageOutline };

/** Draws the document of members' app, with an outline of the page in it that goes once the page is there. */
export async function drawOutline(drawing: {
  template: string;
  name: AppDocument;
  locale: Locale;
}): Promise<string> {
  const { template, name, locale } = drawing;
  const Outline = outlines[name];
  showLocale(locale);
  await showPart("common", "member");
  showLocale(locale);
  return fill(template, {
    lang: locale,
    outline: withoutForeignColours(
      renderToStaticMarkup(
        <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver}>
          <Outline />
        </MantineProvider>,
      ),
    ),
  });
}
