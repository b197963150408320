import path from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { appDocumentOf } from "@tintype/core/visitor-pages";
import { Hono } from "hono";
import { compress } from "hono/compress";
import type { ServerBindings } from "./client-address.ts";
import { type Document, readDocument, sendDocument } from "./documents.ts";
import { findPageSession, type PageOptions } from "./page-session.ts";
import { refuse } from "./problem-response.ts";

/** Vite puts a hash of the content into the name of everything below /assets. */
const HASHED = /^\/assets\//;
const FILE_NAME = /\.[a-z0-9]+$/i;
/** What the build leaves for the server and for tools. */
const HIDDEN = /\/\./;

/**
 * The built app: files as they are, and its document for every address that is a page of it. Members get the one with an
 * outline of their page in their language; whoever is not signed in the one that is empty until it has led them away.
 */
export function staticFiles(options: PageOptions): Hono<ServerBindings> {
  const root = path.resolve(options.directory);
  const documentAt = keptDocuments(root);
  return new Hono<ServerBindings>()
    .use(compress())
    .use(async (c, next) => {
      if (HIDDEN.test(c.req.path)) return refuseFile(c);
      await next();
      if (!c.res.ok) return;
      const forever = HASHED.test(c.req.path);
      c.header("Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    })
    .get("*", serveStatic<ServerBindings>({ root, precompressed: true, index: "none" }))
    .get("*", async (c) => {
      if (FILE_NAME.test(c.req.path)) return refuseFile(c);
      const session = await findPageSession(options, c);
      const name = `.documents/${session?.user.locale}/${appDocumentOf(c.req.path)}.html`;
      c.header("Vary", "Cookie");
      return sendDocument(c, await documentAt(session ? name : "index.html"));
    });
}

/** What the build left is read once. */
function keptDocuments(root: string): (name: string) => Promise<Document> {
  const kept = new Map<string, Promise<Document>>();
  return (name) => {
    const document = kept.get(name) ?? readDocument(path.join(root, name));
    kept.set(name, document);
    document.catch(() => kept.delete(name));
    return document;
  };
}

const refuseFile = (c: Parameters<typeof refuse>[0]) =>
  refuse(c, { status: 404, problem: { code: "not_found" }, message: "not found" });
