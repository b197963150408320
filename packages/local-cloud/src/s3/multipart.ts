import { createHash, randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { receiveFile, receiveText } from "./body.ts";
import { entityTooLarge, invalidArgument, malformedXml, S3Error } from "./errors.ts";
import { bodySource, readDescription, type SignedExchange, send } from "./exchange.ts";
import type { Bucket, Description } from "./store.ts";
import { element, elements, texts, xmlDocument } from "./xml.ts";

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

type MultipartHandler = (exchange: SignedExchange, bucket: Bucket) => void | Promise<void>;

/**
 * An upload is a folder: what was said at its start, and one file a part, named `number.md5`. There
 * is nothing in memory, so an upload goes on after a restart.
 */
export const multipartHandlers: Record<string, MultipartHandler> = {
  "POST uploads": startUpload,
  "PUT uploadId": putPart,
  "GET uploadId": listParts,
  "DELETE uploadId": abortUpload,
  "POST uploadId": completeUpload,
};

type UploadStart = Description & { key: string };
type Part = { number: number; md5: string; file: string; byteSize: number };

async function startUpload(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  await receiveText(bodySource(exchange));
  const { key } = exchange;
  const uploadId = randomBytes(24).toString("hex");
  const dir = path.join(bucket.dir, "uploads", uploadId);
  mkdirSync(dir);
  const start: UploadStart = { ...readDescription(exchange.request.headers), key };
  writeFileSync(path.join(dir, "start.json"), JSON.stringify(start));
  const body = [element("Bucket", bucket.name), element("Key", key), element("UploadId", uploadId)];
  send(exchange, 200, xmlDocument("InitiateMultipartUploadResult", body.join("")));
}

async function putPart(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const { dir } = openUpload(exchange, bucket);
  const number = Number(exchange.query.get("partNumber"));
  if (!(Number.isInteger(number) && number >= 1 && number <= MAX_PARTS)) {
    throw invalidArgument(`Part number must be an integer between 1 and ${MAX_PARTS}`);
  }
  const { store, maxObjectBytes } = exchange.server;
  const { file, md5 } = await receiveFile(bodySource(exchange), store.incomingDir, maxObjectBytes);
  for (const part of partsIn(dir)) if (part.number === number) rmSync(part.file);
  renameSync(file, path.join(dir, `${number}.${md5}`));
  send(exchange, 200, "", { etag: `"${md5}"` });
}

function listParts(exchange: SignedExchange, bucket: Bucket): void {
  const { dir, uploadId } = openUpload(exchange, bucket);
  const parts = partsIn(dir).map(({ number, md5, byteSize }) => {
    const etag = element("ETag", `"${md5}"`);
    return `<Part>${element("PartNumber", number)}${etag}${element("Size", byteSize)}</Part>`;
  });
  const head = [
    element("Bucket", bucket.name),
    element("Key", exchange.key),
    element("UploadId", uploadId),
    element("IsTruncated", false),
  ];
  send(exchange, 200, xmlDocument("ListPartsResult", [...head, ...parts].join("")));
}

function abortUpload(exchange: SignedExchange, bucket: Bucket): void {
  rmSync(openUpload(exchange, bucket).dir, { recursive: true, force: true });
  send(exchange, 204);
}

async function completeUpload(exchange: SignedExchange, bucket: Bucket): Promise<void> {
  const xml = await receiveText(bodySource(exchange));
  const { dir, start, uploadId } = openUpload(exchange, bucket);
  const { store, maxObjectBytes } = exchange.server;
  const parts = chosenParts(xml, partsIn(dir));
  const byteSize = parts.reduce((sum, part) => sum + part.byteSize, 0);
  if (byteSize > maxObjectBytes) throw entityTooLarge(maxObjectBytes);

  const file = path.join(store.incomingDir, uploadId);
  await pipeline(async function* () {
    for (const part of parts) yield* createReadStream(part.file);
  }, createWriteStream(file));
  const { key, ...description } = start;
  const object = store.put(bucket, key, { file, byteSize, etag: combinedEtag(parts) }, description);
  rmSync(dir, { recursive: true, force: true });
  const etag = element("ETag", `"${object.etag}"`);
  const body = element("Bucket", bucket.name) + element("Key", key) + etag;
  send(exchange, 200, xmlDocument("CompleteMultipartUploadResult", body));
}

/** The parts the client lists, each of which must be the one we hold, in ascending order. */
function chosenParts(xml: string, held: Part[]): Part[] {
  const chosen = elements(xml, "Part").map((listed) => {
    const number = Number(texts(listed, "PartNumber")[0]);
    const md5 = (texts(listed, "ETag")[0] ?? "").replaceAll('"', "");
    const part = held.find((candidate) => candidate.number === number && candidate.md5 === md5);
    if (part) return part;
    const message = "One or more of the specified parts could not be found.";
    throw new S3Error("InvalidPart", 400, message);
  });
  if (chosen.length === 0) throw malformedXml("You must specify at least one part");
  for (const [index, part] of chosen.entries()) {
    const next = chosen[index + 1];
    if (!next) break;
    if (next.number <= part.number) {
      const message = "The list of parts was not in ascending order.";
      throw new S3Error("InvalidPartOrder", 400, message);
    }
    if (part.byteSize < MIN_PART_BYTES) {
      const message = "Your proposed upload is smaller than the minimum allowed size";
      throw new S3Error("EntityTooSmall", 400, message);
    }
  }
  return chosen;
}

/** As S3 does it: the MD5 of the parts' MD5s, and their number. */
function combinedEtag(parts: Part[]): string {
  const hash = createHash("md5");
  for (const { md5 } of parts) hash.update(Buffer.from(md5, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

function openUpload({ query, key }: SignedExchange, bucket: Bucket) {
  const uploadId = query.get("uploadId") ?? "";
  const dir = path.join(bucket.dir, "uploads", uploadId);
  const file = path.join(dir, "start.json");
  // The pattern keeps an id such as "../objects" from being a path.
  if (/^[0-9a-f]{48}$/.test(uploadId) && existsSync(file)) {
    const start = JSON.parse(readFileSync(file, "utf8")) as UploadStart;
    if (start.key === key) return { dir, start, uploadId };
  }
  throw new S3Error("NoSuchUpload", 404, "The specified upload does not exist.");
}

function partsIn(dir: string): Part[] {
  const names = readdirSync(dir).filter((name) => /^\d+\./.test(name));
  const parts = names.map((name) => {
    const [number = "", md5 = ""] = name.split(".");
    const file = path.join(dir, name);
    return { number: Number(number), md5, file, byteSize: statSync(file).size };
  });
  return parts.sort((left, right) => left.number - right.number);
}
