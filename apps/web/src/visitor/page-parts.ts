import type { VisitorPage } from "@tintype/core/visitor-pages";
import type { Part } from "../lib/i18n.ts";

/** The words that a page of visitors can show; those of problems come with the answer that needs them. */
export const partsOf = (page: VisitorPage): Part[] =>
  page === "pricing" ? ["common", "pricing"] : ["common", "visitor"];
