import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { decodeAwsChunked, type Trailers } from "./aws-chunked.ts";
import { type BodySource, bodyChecks } from "./digests.ts";
import { entityTooLarge, S3Error } from "./errors.ts";

const MAX_XML_BYTES = 1024 * 1024;

export type StoredBody = { file: string; byteSize: number; md5: string };

/** Streams the body into a new file of `dir`; the file is gone again if anything is wrong with it. */
export async function receiveFile(
  source: BodySource,
  dir: string,
  maxBytes: number,
): Promise<StoredBody> {
  const file = path.join(dir, randomUUID());
  const md5 = createHash("md5");
  let byteSize = 0;
  async function* counted() {
    for await (const chunk of verifiedBody(source, maxBytes)) {
      md5.update(chunk);
      byteSize += chunk.length;
      yield chunk;
    }
  }
  try {
    await pipeline(counted, createWriteStream(file));
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  return { file, byteSize, md5: md5.digest("hex") };
}

/** For the small documents of the protocol. */
export async function receiveText(source: BodySource): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of verifiedBody(source, MAX_XML_BYTES)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Yields the body without its framing, and throws at the end if a digest the client sent differs. */
async function* verifiedBody(source: BodySource, maxBytes: number): AsyncGenerator<Buffer> {
  const { request, signed } = source;
  // Framing makes a chunked body longer than its content, so only the hopeless are refused unread.
  if (Number(request.headers["content-length"] ?? 0) > maxBytes * 1.1 + 65_536) {
    throw entityTooLarge(maxBytes);
  }
  const trailers: Trailers = new Map();
  const isChunked = signed.payload.startsWith("STREAMING-");
  const stream = isChunked ? decodeAwsChunked(request, signed, trailers) : request;
  const checks = bodyChecks(source);
  let byteSize = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    byteSize += chunk.length;
    if (byteSize > maxBytes) throw entityTooLarge(maxBytes);
    checks.update(chunk);
    yield chunk;
  }
  if (isChunked) requireDeclared(request, byteSize, trailers);
  checks.verify(trailers);
}

/** What was declared before the body must have come: neither fewer bytes nor fewer trailers. */
function requireDeclared(request: IncomingMessage, byteSize: number, trailers: Trailers): void {
  const declared = request.headers["x-amz-decoded-content-length"];
  if (declared !== undefined && Number(declared) !== byteSize) {
    throw new S3Error("IncompleteBody", 400, "The decoded length differs from the declared one.");
  }
  for (const name of String(request.headers["x-amz-trailer"] ?? "").split(",")) {
    if (name.trim() === "" || trailers.has(name.trim().toLowerCase())) continue;
    const message = "The request contained trailing data that was not well-formed";
    throw new S3Error("MalformedTrailerError", 400, message);
  }
}
