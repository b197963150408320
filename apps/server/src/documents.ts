import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context } from "hono";

/** A page as it is sent: as it is, and compressed. */
export type Document = {
  etag: string;
  plain: Uint8Array<ArrayBuffer>;
  br: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
};

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
const etagOf = (plain: Uint8Array): string =>
  createHash("sha256").update(plain).digest("base64url").slice(0, 22);

export async function documentOf(html: string): Promise<Document> {
  const plain = Buffer.from(html);
  // The strongest, which takes a tenth of a second of another thread.
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const [br, zipped] = await Promise.all([brotli(plain, { params }), deflate(plain)]);
  return { etag: etagOf(plain), plain, br, gzip: zipped };
}

/** A document of the build, which has compressed it unless that was not worth it. */
export async function readDocument(file: string): Promise<Document> {
  const plain = await readFile(file);
  const [br, zipped] = await Promise.all(
    ["br", "gz"].map((ending) => readFile(`${file}.${ending}`).catch(() => null)),
  );
  if (!br || !zipped) return documentOf(plain.toString("utf8"));
  return { etag: etagOf(plain), plain, br, gzip: zipped };
}

const encodings = ["br", "gzip"] as const;

/** Whether a browser takes it: `gzip, deflate;q=0.5, br;q=0` takes gzip and not br. */
const takes = (accepted: string, encoding: string): boolean =>
  accepted
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim().split(";"))
    .some(([name, quality]) => name === encoding && !/^\s*q=0(\.0*)?$/.test(quality ?? ""));

/** Sends a page, which browsers keep and ask about each time. */
export function sendDocument(c: Context, document: Document): Response {
  const accepted = c.req.header("accept-encoding") ?? "";
  const encoding = encodings.find((each) => takes(accepted, each));
  const etag = `"${document.etag}${encoding ? `-${encoding}` : ""}"`;
  c.header("Vary", "Accept-Encoding", { append: true });
  c.header("Cache-Control", "no-cache");
  c.header("ETag", etag);
  if (c.req.header("if-none-match")?.split(/,\s*/).includes(etag)) return c.body(null, 304);
  c.header("Content-Type", "text/html; charset=UTF-8");
  if (encoding) c.header("Content-Encoding", encoding);
  return c.body(encoding ? document[encoding] : document.plain);
}
