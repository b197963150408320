import type { IncomingMessage, ServerResponse } from "node:http";
import type { BodySource } from "./digests.ts";
import type { Signed, Verifier } from "./signature.ts";
import type { Description, Store } from "./store.ts";
import { decodeUri, parseQuery, type QueryPair } from "./uri.ts";

/** What all requests share. */
export type Server = Verifier & {
  store: Store;
  maxObjectBytes: number;
  /** Origins that every bucket without a CORS configuration of its own admits. */
  allowOrigins: string[];
};

/** One request, taken apart. Nothing in it is verified yet. */
export type Exchange = {
  server: Server;
  request: IncomingMessage;
  response: ServerResponse;
  method: string;
  rawPath: string;
  pairs: QueryPair[];
  query: ReadonlyMap<string, string>;
  bucketName: string;
  key: string;
};

/** An exchange whose signature holds. */
export type SignedExchange = Exchange & { signed: Signed };

export function openExchange(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Exchange {
  const [rawPath = "/", rawQuery = ""] = (request.url ?? "/").split("?");
  const [, bucketName = "", ...keyParts] = rawPath.split("/");
  const pairs = parseQuery(rawQuery);
  return {
    server,
    request,
    response,
    method: request.method ?? "GET",
    rawPath,
    pairs,
    query: new Map(pairs),
    bucketName: decodeUri(bucketName),
    key: decodeUri(keyParts.join("/")),
  };
}

export function bodySource({ request, signed, pairs }: SignedExchange): BodySource {
  const query = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  return { request, signed, query };
}

export function send(
  { response, method }: Pick<Exchange, "response" | "method">,
  status: number,
  body = "",
  headers: Record<string, string> = {},
): void {
  const hasLength = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...(body ? { "content-type": "application/xml" } : {}),
    ...(hasLength ? { "content-length": String(Buffer.byteLength(body)) } : {}),
    ...headers,
  });
  response.end(method === "HEAD" ? undefined : body);
}

const KEPT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-language",
  "content-encoding",
  "expires",
];
const METADATA_PREFIX = "x-amz-meta-";

/** What the headers of a PUT, or the fields of a form, say about the object. */
export function readDescription(fields: NodeJS.Dict<string | string[]>): Description {
  const headers: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const [name, raw] of Object.entries(fields)) {
    // aws-chunked is about the transfer; stored, it would tell browsers of an encoding not there.
    const value = name === "content-encoding" ? withoutAwsChunked(String(raw)) : String(raw);
    if (KEPT_HEADERS.includes(name) && value) headers[name] = value;
    if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = value;
  }
  const contentType = String(fields["content-type"] ?? "application/octet-stream");
  return { contentType, headers, metadata };
}

function withoutAwsChunked(encoding: string): string {
  const names = encoding.split(",").map((name) => name.trim());
  return names.filter((name) => name !== "aws-chunked").join(",");
}
