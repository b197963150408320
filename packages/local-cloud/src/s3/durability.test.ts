import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetBucketCorsCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, expect, test } from "vitest";
import { type S3Options, startS3 } from "../s3.ts";

// What only our own server promises: that it survives, and that it holds to AWS's own example.

const Bucket = "kept";
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-s3-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string, options: Partial<S3Options> = {}) {
  const server = await startS3({ dir, keys: { KEY: "secret" }, buckets: [Bucket], ...options });
  cleanups.push(server.stop);
  const client = new S3Client({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const put = (Key: string, Body: string | Buffer) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body }));
  const get = async (Key: string) =>
    (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  return { ...server, client, put, get };
}

test("objects, CORS rules and begun uploads survive a restart", async () => {
  const dir = folder();
  const first = await start(dir);
  await first.put("../../escape", "still inside");
  const rule = { AllowedOrigins: ["http://a.test"], AllowedMethods: ["GET"] };
  const CORSConfiguration = { CORSRules: [rule] };
  await first.client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }));
  const upload = { Bucket, Key: "resumed" };
  const { UploadId } = await first.client.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1, Body: "part one" };
  const { ETag } = await first.client.send(new UploadPartCommand(part));
  await first.stop();

  const second = await start(dir);
  expect(await second.get("../../escape")).toBe("still inside");
  expect(await second.client.send(new GetBucketCorsCommand({ Bucket }))).toMatchObject({
    CORSRules: [rule],
  });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  const complete = { ...upload, UploadId, MultipartUpload };
  await second.client.send(new CompleteMultipartUploadCommand(complete));
  expect(await second.get("resumed")).toBe("part one");
});

test("what a crash left half written is gone after the next start", async () => {
  const dir = folder();
  const first = await start(dir);
  await first.put("whole", "1");
  await first.stop();
  const dataDir = path.join(dir, "buckets", Bucket, "data");
  writeFileSync(path.join(dataDir, randomUUID()), "bytes without a record");
  writeFileSync(path.join(dir, "incoming", randomUUID()), "half a bo");

  const second = await start(dir);
  expect(await second.get("whole")).toBe("1");
  expect(readdirSync(dataDir)).toHaveLength(1);
  expect(readdirSync(path.join(dir, "incoming"))).toEqual([]);
});

test("an overwritten object leaves one file behind", async () => {
  const dir = folder();
  const server = await start(dir);
  await server.put("twice", "first");
  await server.put("twice", "second");
  expect(await server.get("twice")).toBe("second");
  expect(readdirSync(path.join(dir, "buckets", Bucket, "data"))).toHaveLength(1);
});

test("a body over the limit is refused and leaves nothing", async () => {
  const dir = folder();
  const server = await start(dir, { maxObjectBytes: 1_000 });
  await expect(server.put("large", Buffer.alloc(1_001))).rejects.toMatchObject({
    name: "EntityTooLarge",
  });
  expect(readdirSync(path.join(dir, "incoming"))).toEqual([]);
});

test("of writers that must not overwrite, one wins", async () => {
  const server = await start(folder());
  const writes = Array.from({ length: 8 }, (_, index) => {
    const command = new PutObjectCommand({
      Bucket,
      Key: "once",
      Body: String(index),
      IfNoneMatch: "*",
    });
    return server.client.send(command);
  });
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("origins allowed at start reach every bucket without rules of its own", async () => {
  const server = await start(folder(), { allowOrigins: ["http://localhost:5173"] });
  const headers = { "access-control-request-method": "POST" };
  const ask = (origin: string) =>
    fetch(`${server.url}/${Bucket}`, { method: "OPTIONS", headers: { origin, ...headers } });
  expect((await ask("http://localhost:5173")).status).toBe(200);
  expect((await ask("http://evil.test")).status).toBe(403);
});

/** The chunked upload that AWS prints in "Signature calculations: transferring in multiple chunks". */
const awsExample = {
  keys: { AKIAIOSFODNN7EXAMPLE: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
  now: () => Date.parse("2013-05-24T00:00:00Z"),
  headers: {
    host: "s3.amazonaws.com",
    "content-encoding": "aws-chunked",
    "content-length": "66824",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-date": "20130524T000000Z",
    "x-amz-decoded-content-length": "66560",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  },
  chunks: [
    ["10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"],
    ["400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"],
    ["0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"],
  ] as const,
};

test.each([
  ["a", 200],
  ["b", 403],
])("AWS's own example of signed chunks, filled with %s, is %i", async (letter, expected) => {
  const { keys, now, headers, chunks } = awsExample;
  const server = await start(folder(), { keys, now, buckets: ["examplebucket"] });
  const body = chunks.map(([size, signature]) => {
    const data = letter.repeat(Number.parseInt(size, 16));
    return `${size};chunk-signature=${signature}\r\n${data}\r\n`;
  });

  const status = await new Promise((resolve, reject) => {
    const url = `${server.url}/examplebucket/chunkObject.txt`;
    const upload = request(url, { method: "PUT", headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    upload.on("error", reject).end(body.join(""));
  });
  expect(status).toBe(expected);
});
