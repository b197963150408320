import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bucketHandlers, createBucket, listBuckets } from "./buckets.ts";
import { answerPreflight, applyCors } from "./cors.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { type Exchange, openExchange, type Server, type SignedExchange, send } from "./exchange.ts";
import { multipartHandlers } from "./multipart.ts";
import { objectHandlers } from "./objects.ts";
import { isFormUpload, postObject } from "./post-object.ts";
import { verifyRequest } from "./signature.ts";
import type { Bucket } from "./store.ts";
import { element, errorDocument } from "./xml.ts";

const MAX_KEY_BYTES = 1_024;

/** Query names that select something else than the object or the listing itself. */
const SUBRESOURCES = [
  ...["uploads", "uploadId", "tagging", "cors", "lifecycle", "location", "delete"],
  ...["acl", "policy", "versions", "versioning", "versionId", "notification", "encryption"],
  ...["website", "logging", "replication", "object-lock", "retention", "legal-hold"],
  ...["attributes", "torrent", "restore", "select", "ownershipControls", "publicAccessBlock"],
];

/** Answers one request, and every failure as the XML that SDKs understand. */
export async function handleRequest(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("x-amz-request-id", randomBytes(8).toString("hex").toUpperCase());
  try {
    await route(openExchange(server, request, response));
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    request.resume(); // What is left of the body is read away, so that the client gets to our answer.
    sendError(request, response, error);
  }
}

async function route(exchange: Exchange): Promise<void> {
  const { server, request, method, bucketName, key } = exchange;
  const bucket = server.store.buckets.get(bucketName);
  if (method === "OPTIONS") return answerPreflight(exchange, bucket);
  applyCors(exchange, bucket);
  if (bucket && isFormUpload(exchange)) return postObject(exchange, bucket);

  const signed = verifyRequest(server, request, exchange.rawPath, exchange.pairs);
  const verified: SignedExchange = { ...exchange, signed };
  if (bucketName === "") return listBuckets(verified);
  const subresource = SUBRESOURCES.find((name) => exchange.query.has(name)) ?? "";
  if (key === "" && method === "PUT" && subresource === "") return createBucket(verified, bucket);
  if (!bucket) throw noSuchBucket(bucketName);
  return handlerFor(verified, subresource)(verified, bucket);
}

function handlerFor({ method, key }: SignedExchange, subresource: string) {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error("KeyTooLongError", 400, "Your key is too long");
  }
  const name = `${method} ${subresource}`;
  const handlers = key === "" ? bucketHandlers : { ...objectHandlers, ...multipartHandlers };
  const handler: ((exchange: SignedExchange, bucket: Bucket) => void | Promise<void>) | undefined =
    handlers[name];
  if (!handler) throw notImplemented(name.trim());
  return handler;
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const known = error instanceof S3Error ? error : internalError(error);
  const body = errorDocument(known.code, known.message, known.details);
  send({ response, method: request.method ?? "GET" }, known.status, body);
}

/** This server only ever runs at a desk, where the stack helps more than it gives away. */
function internalError(error: unknown): S3Error {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new S3Error("InternalError", 500, details);
}

const noSuchBucket = (name: string) =>
  new S3Error(
    "NoSuchBucket",
    404,
    "The specified bucket does not exist",
    element("BucketName", name),
  );
