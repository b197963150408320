import "../lib/visitor-styles.ts";
import "../lib/tokens.css";
import "../lib/base.css";
import { locales } from "@tintype/core/auth";
import type { VisitorPage } from "@tintype/core/visitor-pages";
import { type ComponentType, startTransition } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { rememberedLocale, showLocale, showPart } from "../lib/i18n.ts";
import { reloadWhenCodeIsGone } from "../lib/missing-chunk.ts";
import { onUserMark } from "../lib/user-mark.ts";
import type { PageData } from "./page-data.ts";
import { partsOf } from "./page-parts.ts";
import { VisitorApp } from "./visitor-app.tsx";

/** For early-submit.js. */
function beReady(): void {
  document.documentElement.setAttribute("data-ready", "");
  document.dispatchEvent(new Event("tintype:ready"));
}

/** Goes on with a document that was drawn beforehand; the development server leaves the drawing to the browser. */
export async function startPage(name: VisitorPage, page: ComponentType): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("the document has no #root");
  reloadWhenCodeIsGone();
  // Whoever has signed in elsewhere is taken on by the server.
  onUserMark((userId) => {
    if (userId !== "") window.location.reload();
  });
  const written = locales.find((locale) => locale === document.documentElement.lang);
  showLocale(written ?? rememberedLocale());
  await showPart(...partsOf(name));
  const dataText = document.getElementById("page-data")?.textContent;
  const data: PageData | null = dataText ? JSON.parse(dataText) : null;
  const app = <VisitorApp {...{ page, data }} onReady={beReady} />;
  // In small pieces, between which the page answers: it is there already.
  startTransition(() => {
    if (root.firstElementChild) hydrateRoot(root, app);
    else createRoot(root).render(app);
  });
}
