import { type Locale, locales } from "@tintype/core/auth";
import {
  canonicalPath,
  isForMembersToo,
  LOCALE_KEY,
  localeCookie,
  localeOfReader,
  type VisitorPage,
  visitorPageOf,
} from "@tintype/core/visitor-pages";
import { Hono, type MiddlewareHandler } from "hono";
import type { ServerBindings } from "./client-address.ts";
import { sendDocument } from "./documents.ts";
import { findPageSession, type PageOptions } from "./page-session.ts";
import { visitorDocuments } from "./visitor-documents.ts";

type Options = PageOptions & { publicUrl: string };

/**
 * The pages of those who are not signed in, each a document of its own in the language of its reader. Members are sent
 * on to their work, or get the app's document where they have a page of the same address.
 */
export function visitorRoutes(options: Options): Hono<ServerBindings> {
  const documentFor = visitorDocuments(options);
  const origin = new URL(options.publicUrl).origin;
  return new Hono<ServerBindings>().get("*", async (c, next) => {
    const url = new URL(c.req.url);
    const page = visitorPageOf(url);
    if (page === null) return next();
    const cookies = c.req.header("cookie") ?? "";
    c.header("Vary", "Cookie, Accept-Language");
    if (await findPageSession(options, c)) {
      if (isForMembersToo(page)) return next();
      c.header("Cache-Control", "no-cache");
      return c.redirect("/studio");
    }
    const acceptLanguage = c.req.header("accept-language") ?? "";
    const locale = localeOfReader({ url, cookies, acceptLanguage });
    const asked = url.searchParams.get(LOCALE_KEY) === locale ? locale : null;
    if (asked) c.header("Set-Cookie", localeCookie(asked), { append: true });
    c.header("Content-Language", locale);
    c.header("Link", searchLinks(origin, page, asked));
    return sendDocument(c, await documentFor(page, locale));
  });
}

/**
 * A form that was sent before or without the page's code: nothing of it is read, and the page says what is missing. It
 * comes before the check of the origin, since browsers keep that from us here (page-security.ts) and nothing is changed.
 */
export const formsWithoutCode = (): MiddlewareHandler => async (c, next) => {
  const url = new URL(c.req.url);
  if (c.req.method !== "POST" || visitorPageOf(url) === null) return next();
  return c.redirect(url.pathname, 303);
};

/** For search engines: the page's own address, and where it is in each language. */
function searchLinks(origin: string, page: VisitorPage, asked: Locale | null): string {
  const address = origin + canonicalPath(page);
  const inLocale = (locale: Locale) => `${address}?${LOCALE_KEY}=${locale}`;
  const others = locales.map(
    (locale) => `<${inLocale(locale)}>; rel="alternate"; hreflang="${locale}"`,
  );
  return [
    `<${asked ? inLocale(asked) : address}>; rel="canonical"`,
    ...others,
    `<${address}>; rel="alternate"; hreflang="x-default"`,
  ].join(", ");
}
