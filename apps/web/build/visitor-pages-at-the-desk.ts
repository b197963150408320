import { isForMembersToo, localeOfReader, visitorPageOf } from "@tintype/core/visitor-pages";
import type { Plugin } from "vite";
import { apiUrl } from "../env.ts";
import { readShell } from "./documents.ts";
import { entryOf } from "./page-assets.ts";

/**
 * For the development server: visitors get their document and members the app's, as from our own server
 * (apps/server/src/visitor-documents.ts), but drawn by the browser.
 */
export const visitorPagesAtTheDesk = (): Plugin => ({
  name: "visitor-pages-at-the-desk",
  apply: "serve",
  configureServer: ({ middlewares, transformIndexHtml }) => {
    middlewares.use(async ({ method, url: address = "/", headers }, answer, next) => {
      const url = new URL(address, "http://localhost");
      const page = method === "GET" ? visitorPageOf(url) : null;
      if (page === null || !headers.accept?.includes("text/html")) return next();
      const cookies = headers.cookie ?? "";
      if (await isMember(cookies)) {
        if (isForMembersToo(page)) return next();
        return answer.writeHead(302, { location: "/studio" }).end();
      }
      const locale = localeOfReader({
        ...{ url, cookies },
        acceptLanguage: headers["accept-language"] ?? "",
      });
      const entry = `<script type="module" src="/${entryOf(page)}"></script>`;
      const empty = readShell()
        .replace("{{lang}}", locale)
        .replace("{{links}}", entry)
        .replaceAll(/\{\{\w+\}\}/g, "");
      const html = await transformIndexHtml(address, empty);
      answer.setHeader("content-type", "text/html; charset=utf-8").end(html);
    });
  },
});

/** While the API is not there yet, everybody is a visitor. */
async function isMember(cookie: string): Promise<boolean> {
  const answer = await fetch(`${apiUrl}/trpc/auth.me`, { headers: { cookie } }).catch(() => null);
  if (!answer?.ok) return false;
  const { result } = (await answer.json()) as { result: { data: unknown } };
  return result.data !== null;
}
