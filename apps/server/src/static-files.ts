import path from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { compress } from "hono/compress";
import type { ServerBindings } from "./client-address.ts";
import { type Document, readDocument, sendDocument } from "./documents.ts";
import { refuse } from "./problem-response.ts";

/** Vite puts a hash of the content into the name of everything below /assets. */
const HASHED = /^\/assets\//;
const FILE_NAME = /\.[a-z0-9]+$/i;
/** What the build leaves for the server and for tools. */
const HIDDEN = /\/\./;

/** The built SPA: files as they are, and index.html for every address that is a page of it. */
export function staticFiles(directory: string): Hono<ServerBindings> {
  const root = path.resolve(directory);
  let index: Promise<Document> | null = null;
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
      index ??= readDocument(path.join(root, "index.html"));
      return sendDocument(c, await index);
    });
}

const refuseFile = (c: Parameters<typeof refuse>[0]) =>
  refuse(c, { status: 404, problem: { code: "not_found" }, message: "not found" });
