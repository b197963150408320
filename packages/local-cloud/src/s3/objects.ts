import { randomUUID } from "node:crypto";
import { copyFileSync, createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { receiveFile, receiveText } from "./body.ts";
import { noSuchKey, preconditionFailed, S3Error } from "./errors.ts";
import { bodySource, readDescription, type SignedExchange, send } from "./exchange.ts";
import type { Bucket, StoredObject } from "./store.ts";
import { decodeUri } from "./uri.ts";
import { element, elements, texts, xmlDocument } from "./xml.ts";

type ObjectHandler = (exchange: SignedExchange, bucket: Bucket) => void | Promise<void>;

/** By method and subresource; those of multipart uploads are in multipart.ts. */
export const objectHandlers: Record<string, ObjectHandler> = {
  "GET ": sendObject,
  "HEAD ": sendObject,
  "PUT ": putObject,
  "DELETE ": deleteObject,
  "GET tagging": sendTags,
  "PUT tagging": putTags,
};

async function putObject(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const { server, request, key } = exchange;
  if (request.headers["x-amz-copy-source"]) return copyObject(exchange, bucket);
  const { store, maxObjectBytes } = server;
  const body = await receiveFile(bodySource(exchange), store.incomingDir, maxObjectBytes);
  // Asked when the body is in, and decided without a pause: of two conditional writers one wins.
  checkWritePreconditions(exchange, bucket.objects.get(key));
  const description = readDescription(request.headers);
  const object = store.put(bucket, key, { ...body, etag: body.md5 }, description);
  send(exchange, 200, "", { etag: `"${object.etag}"` });
}

function checkWritePreconditions({ request }: SignedExchange, current: StoredObject | undefined) {
  const { "if-none-match": ifNoneMatch, "if-match": ifMatch } = request.headers;
  if (ifNoneMatch === "*" && current) throw preconditionFailed();
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey();
  if (ifMatch !== `"${current.etag}"`) throw preconditionFailed();
}

async function copyObject(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const { server, request, key } = exchange;
  const { store } = server;
  await receiveText(bodySource(exchange));
  const source = decodeUri(String(request.headers["x-amz-copy-source"])).replace(/^\//, "");
  const [sourceBucketName = "", ...sourceKey] = source.split("/");
  const sourceBucket = store.buckets.get(sourceBucketName);
  const original = sourceBucket?.objects.get(sourceKey.join("/"));
  if (!sourceBucket || !original) throw noSuchKey();

  const file = path.join(store.incomingDir, randomUUID());
  copyFileSync(store.dataPath(sourceBucket, original), file);
  const isReplaced = request.headers["x-amz-metadata-directive"] === "REPLACE";
  const { contentType, headers, metadata } = isReplaced
    ? readDescription(request.headers)
    : original;
  const content = { file, byteSize: original.byteSize, etag: original.etag };
  const copy = store.put(bucket, key, content, { contentType, headers, metadata });
  const modified = element("LastModified", new Date(copy.modifiedAt).toISOString());
  const body = element("ETag", `"${copy.etag}"`) + modified;
  send(exchange, 200, xmlDocument("CopyObjectResult", body));
}

function deleteObject(exchange: SignedExchange, bucket: Bucket): void {
  exchange.server.store.remove(bucket, exchange.key);
  send(exchange, 204);
}

async function sendObject(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const { server, request, response, method, key } = exchange;
  const object = bucket.objects.get(key);
  if (!object) throw noSuchKey();
  const headers = objectHeaders(exchange, object);
  if (isUnchanged(exchange, object)) return send(exchange, 304, "", headers);
  const { "if-match": ifMatch } = request.headers;
  if (ifMatch !== undefined && ifMatch !== `"${object.etag}"`) throw preconditionFailed();

  const range = readRange(request.headers.range, object.byteSize);
  const { start, end } = range ?? { start: 0, end: object.byteSize - 1 };
  if (range) headers["content-range"] = `bytes ${start}-${end}/${object.byteSize}`;
  headers["content-length"] = String(end - start + 1);
  response.writeHead(range ? 206 : 200, headers);
  if (method === "HEAD" || object.byteSize === 0) return void response.end();
  const file = createReadStream(server.store.dataPath(bucket, object), { start, end });
  await pipeline(file, response);
}

function objectHeaders({ query }: SignedExchange, object: StoredObject): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.headers,
    "content-type": object.contentType,
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    "accept-ranges": "bytes",
  };
  for (const [name, value] of Object.entries(object.metadata))
    headers[`x-amz-meta-${name}`] = value;
  for (const [name, value] of query) {
    const header = name.match(/^response-(content-\w+|cache-control|expires)$/)?.[1];
    if (header) headers[header] = value;
  }
  return headers;
}

function isUnchanged({ request }: SignedExchange, object: StoredObject): boolean {
  const { "if-none-match": ifNoneMatch, "if-modified-since": since } = request.headers;
  if (ifNoneMatch !== undefined) return ifNoneMatch === `"${object.etag}"`;
  return since !== undefined && Date.parse(since) >= object.modifiedAt;
}

/** One range only; a header that is not one is ignored, as HTTP says. */
function readRange(header: string | undefined, byteSize: number) {
  const [, first = "", last = ""] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, byteSize - Number(last)) : Number(first);
  const end = first === "" || last === "" ? byteSize - 1 : Math.min(Number(last), byteSize - 1);
  if (start > end || start >= byteSize) {
    throw new S3Error("InvalidRange", 416, "The requested range is not satisfiable");
  }
  return { start, end };
}

function sendTags(exchange: SignedExchange, bucket: Bucket): void {
  const object = bucket.objects.get(exchange.key);
  if (!object) throw noSuchKey();
  const tags = object.tags.map(
    ([name, value]) => `<Tag>${element("Key", name)}${element("Value", value)}</Tag>`,
  );
  send(exchange, 200, xmlDocument("Tagging", `<TagSet>${tags.join("")}</TagSet>`));
}

async function putTags(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const xml = await receiveText(bodySource(exchange));
  const object = bucket.objects.get(exchange.key);
  if (!object) throw noSuchKey();
  const tags = elements(xml, "Tag").map((tag): [string, string] => [
    texts(tag, "Key")[0] ?? "",
    texts(tag, "Value")[0] ?? "",
  ]);
  exchange.server.store.save(bucket, { ...object, tags });
  send(exchange, 200);
}
