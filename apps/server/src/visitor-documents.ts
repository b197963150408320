import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Locale } from "@tintype/core/auth";
import { showsPrices, type VisitorPage } from "@tintype/core/visitor-pages";
import type { Logger } from "@tintype/integrations/process/logger";
import { getBillingCatalogue } from "@tintype/services/billing/get-subscription";
import { getCatalogue } from "@tintype/services/catalogue/get-catalogue";
import { type Document, documentOf, readDocument } from "./documents.ts";
import type { PageOptions } from "./page-session.ts";
import type { Services } from "./services.ts";

/** So old may prices be that a page shows. Whoever buys is asked to agree to the price of that moment. */
const FRESH_MS = 10_000;
/** So long is a page held up for them, when older ones are known. */
const WAIT_MS = 1_000;

/** What apps/web/src/visitor/render.tsx takes, as the API would have sent it. */
type Drawing = { template: string; page: VisitorPage; locale: Locale; offer: unknown };
type Renderer = { drawDocument: (drawing: Drawing) => Promise<string> };

/**
 * The documents of visitors: those of the build, and for pages that show prices the same drawn anew with the prices of
 * the day, once for each change. While the catalogue is out of reach the last known prices are shown, and before any are
 * known the build's document, which asks for them itself.
 */
export function visitorDocuments({ directory, services, logger }: PageOptions) {
  const folder = path.join(directory, ".documents");
  const offer = freshOffer(services, logger);
  const renderer = once(
    async (): Promise<Renderer> => import(pathToFileURL(path.join(folder, "render.js")).href),
  );
  const kept = new Map<string, { of: string | null; document: Promise<Document> }>();

  const draw = async (page: VisitorPage, locale: Locale, known: string): Promise<Document> => {
    const template = await readFile(path.join(folder, locale, `${page}.template`), "utf8");
    const { drawDocument } = await renderer();
    return documentOf(await drawDocument({ template, page, locale, offer: JSON.parse(known) }));
  };

  return async (page: VisitorPage, locale: Locale): Promise<Document> => {
    const known = showsPrices(page) ? await offer() : null;
    const key = `${locale}/${page}`;
    const last = kept.get(key);
    if (last && last.of === known) return last.document;
    const document =
      known === null
        ? readDocument(path.join(folder, locale, `${page}.html`))
        : draw(page, locale, known);
    kept.set(key, { of: known, document });
    // A failure is not kept.
    document.catch(() => kept.delete(key));
    return document;
  };
}

/** @returns what is sold and what it costs, as JSON that is equal while they are; null while nobody knows */
function freshOffer(services: Services, logger: Logger): () => Promise<string | null> {
  let known: { at: number; offer: string } | null = null;
  let underWay: Promise<void> | null = null;
  const anonymous = { ...services, actor: { kind: "anonymous" as const } };
  const ask = async (): Promise<void> => {
    try {
      const [catalogue, sold] = await Promise.all([
        getCatalogue(anonymous),
        getBillingCatalogue(anonymous),
      ]);
      known = { at: performance.now(), offer: JSON.stringify({ catalogue, sold }) };
    } catch (error) {
      logger.warn({ err: error }, "visitors' pages are sent without the prices of this moment");
    } finally {
      underWay = null;
    }
  };
  return async () => {
    if (known && performance.now() - known.at < FRESH_MS) return known.offer;
    underWay ??= ask();
    await Promise.race([underWay, ...(known ? [after(WAIT_MS)] : [])]);
    return known?.offer ?? null;
  };
}

const after = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
