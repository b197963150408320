import type { VisitorPage } from "@tintype/core/visitor-pages";
import { hero } from "../features/landing/hero.ts";
import type { Translate } from "../lib/translate.ts";

/** As each page calls itself once its code is there (usePageTitle); none for the first page, which is the product. */
export function titleOf(page: VisitorPage, t: Translate): string | undefined {
  switch (page) {
    case "landing":
      return undefined;
    case "pricing":
      return t("pricing.title");
    case "sign-in":
    case "sign-in-again":
      return t("auth.signIn.title");
    case "sign-up":
    case "invite":
      return t("auth.signUp.title");
    case "forgot-password":
      return t("auth.forgot.title");
    case "reset-password":
      return t("auth.reset.title");
  }
}

/** What search engines show below the title. */
export function descriptionOf(page: VisitorPage, t: Translate): string {
  switch (page) {
    case "pricing":
      return t("pricing.subtitle");
    case "forgot-password":
      return t("auth.forgot.subtitle");
    case "reset-password":
      return t("auth.reset.subtitle");
    case "landing":
    case "sign-in":
    case "sign-in-again":
    case "sign-up":
    case "invite":
      return t("landing.lead");
  }
}

/** The picture that a page begins with, asked for before the page itself is read. */
export function pictureOf(page: VisitorPage): string {
  if (page !== "landing") return "";
  const { avif, sizes } = hero.after;
  return `<link rel="preload" as="image" type="image/avif" imagesrcset="${avif}" imagesizes="${sizes}" fetchpriority="high">`;
}
