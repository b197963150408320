import { receiveText } from "./body.ts";
import { parseCorsRules } from "./cors.ts";
import { malformedXml, S3Error } from "./errors.ts";
import { bodySource, type SignedExchange, send } from "./exchange.ts";
import { listObjects } from "./listing.ts";
import type { Bucket } from "./store.ts";
import { element, elements, texts, xmlDocument } from "./xml.ts";

const MAX_DELETED_KEYS = 1_000;

type BucketHandler = (exchange: SignedExchange, bucket: Bucket) => void | Promise<void>;

/** By method and subresource. What is not here is not implemented, and says so. */
export const bucketHandlers: Record<string, BucketHandler> = {
  "GET ": (exchange, bucket) => send(exchange, 200, listObjects(bucket, exchange.query)),
  "HEAD ": (exchange) => send(exchange, 200, "", { "x-amz-bucket-region": exchange.server.region }),
  "DELETE ": deleteBucket,
  "GET location": sendLocation,
  "POST delete": deleteObjects,
  "GET cors": sendCors,
  "PUT cors": putCors,
  "DELETE cors": deleteCors,
  "GET lifecycle": sendLifecycle,
  "PUT lifecycle": putLifecycle,
};

export async function createBucket(exchange: SignedExchange, existing: Bucket | undefined) {
  if (existing) {
    const message = "Your previous request to create the named bucket succeeded and you own it.";
    throw new S3Error("BucketAlreadyOwnedByYou", 409, message);
  }
  await receiveText(bodySource(exchange));
  exchange.server.store.createBucket(exchange.bucketName);
  send(exchange, 200, "", { location: `/${exchange.bucketName}` });
}

export function listBuckets(exchange: SignedExchange): void {
  const buckets = [...exchange.server.store.buckets.values()].map(({ name, settings }) => {
    const created = element("CreationDate", new Date(settings.createdAt).toISOString());
    return `<Bucket>${element("Name", name)}${created}</Bucket>`;
  });
  const body = `<Buckets>${buckets.join("")}</Buckets>`;
  send(exchange, 200, xmlDocument("ListAllMyBucketsResult", body));
}

function deleteBucket(exchange: SignedExchange, bucket: Bucket): void {
  if (bucket.objects.size > 0) {
    throw new S3Error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty.");
  }
  exchange.server.store.removeBucket(bucket);
  send(exchange, 204);
}

function sendLocation(exchange: SignedExchange): void {
  const { region } = exchange.server;
  // The oldest region is called by no name, for compatibility with clients older than regions.
  const name = region === "us-east-1" ? "" : region;
  send(exchange, 200, xmlDocument("LocationConstraint", name));
}

async function deleteObjects(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const xml = await receiveText(bodySource(exchange));
  const keys = elements(xml, "Object").flatMap((object) => texts(object, "Key").slice(0, 1));
  if (keys.length === 0 || keys.length > MAX_DELETED_KEYS) {
    throw malformedXml(`A request must name 1 to ${MAX_DELETED_KEYS} keys.`);
  }
  for (const key of keys) exchange.server.store.remove(bucket, key);
  const isQuiet = texts(xml, "Quiet")[0] === "true";
  const deleted = isQuiet ? [] : keys.map((key) => `<Deleted>${element("Key", key)}</Deleted>`);
  send(exchange, 200, xmlDocument("DeleteResult", deleted.join("")));
}

function sendCors(exchange: SignedExchange, { settings }: Bucket): void {
  if (settings.corsXml === undefined) {
    const message = "The CORS configuration does not exist";
    throw new S3Error("NoSuchCORSConfiguration", 404, message);
  }
  send(exchange, 200, settings.corsXml);
}

async function putCors(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const xml = await receiveText(bodySource(exchange));
  if (parseCorsRules(xml).length === 0) throw malformedXml("A CORS configuration needs a rule.");
  bucket.settings.corsXml = xml;
  exchange.server.store.saveSettings(bucket);
  send(exchange, 200);
}

function deleteCors(exchange: SignedExchange, bucket: Bucket): void {
  delete bucket.settings.corsXml;
  exchange.server.store.saveSettings(bucket);
  send(exchange, 204);
}

function sendLifecycle(exchange: SignedExchange, { settings }: Bucket): void {
  if (settings.lifecycleXml === undefined) {
    const message = "The lifecycle configuration does not exist";
    throw new S3Error("NoSuchLifecycleConfiguration", 404, message);
  }
  send(exchange, 200, settings.lifecycleXml);
}

/** Kept and given back, but not acted on: nothing here lives long enough to expire. */
async function putLifecycle(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  bucket.settings.lifecycleXml = await receiveText(bodySource(exchange));
  exchange.server.store.saveSettings(bucket);
  send(exchange, 200);
}
