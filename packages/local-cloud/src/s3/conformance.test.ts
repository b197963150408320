import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import * as S3 from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startS3 } from "../s3.ts";

// What we ask of any S3 store, through the SDK the product uses. Without the environment it runs
// against our own server; S3_CONFORMANCE_ENDPOINT (and _ACCESS_KEY_ID, _SECRET_ACCESS_KEY, _REGION,
// _BUCKET) points it at a real one.

const real = process.env.S3_CONFORMANCE_ENDPOINT;
const region = process.env.S3_CONFORMANCE_REGION ?? "us-east-1";
const credentials = {
  accessKeyId: process.env.S3_CONFORMANCE_ACCESS_KEY_ID ?? "CONFORMANCE",
  secretAccessKey: process.env.S3_CONFORMANCE_SECRET_ACCESS_KEY ?? "conformance-secret",
};
const Bucket = process.env.S3_CONFORMANCE_BUCKET ?? `check-${randomBytes(6).toString("hex")}`;
const ORIGIN = "http://localhost:5173";

let endpoint = real ?? "";
let clockOffsetMs = 0;
let stop = async () => {};

/** A real store has its own clock, so there the time has to go by. */
async function afterTime<T>(milliseconds: number, look: () => Promise<T>): Promise<T> {
  if (real) {
    await delay(milliseconds);
    return look();
  }
  clockOffsetMs = milliseconds;
  try {
    return await look();
  } finally {
    clockOffsetMs = 0;
  }
}

beforeAll(async () => {
  if (real) return;
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-s3-"));
  const keys = { [credentials.accessKeyId]: credentials.secretAccessKey };
  const server = await startS3({ dir, region, keys, now: () => Date.now() + clockOffsetMs });
  endpoint = server.url;
  stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
});
afterAll(() => stop());

function clientOf(config: S3.S3ClientConfig = {}): S3.S3Client {
  return new S3.S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
}
/** As the product is set up: the SDK's default puts the checksum of an empty body in the URL. */
const presigner = () =>
  clientOf({
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

const put = (Key: string, Body: string, rest: Partial<S3.PutObjectCommandInput> = {}) =>
  clientOf().send(new S3.PutObjectCommand({ Bucket, Key, Body, ...rest }));
const head = (Key: string) => clientOf().send(new S3.HeadObjectCommand({ Bucket, Key }));
const get = (Key: string, rest: Partial<S3.GetObjectCommandInput> = {}) =>
  clientOf().send(new S3.GetObjectCommand({ Bucket, Key, ...rest }));
const textOf = async (reply: S3.GetObjectCommandOutput) => reply.Body?.transformToString();
const md5 = (text: string, encoding: "hex" | "base64") =>
  createHash("md5").update(text).digest(encoding);
const etagOf = (text: string) => `"${md5(text, "hex")}"`;
const hasStatus = (status: number) => ({ $metadata: { httpStatusCode: status } });

const signGet = (Key: string, expiresIn = 60, rest: Partial<S3.GetObjectCommandInput> = {}) =>
  getSignedUrl(presigner(), new S3.GetObjectCommand({ Bucket, Key, ...rest }), { expiresIn });
const signPut = (Key: string, rest: Partial<S3.PutObjectCommandInput> = {}) =>
  getSignedUrl(presigner(), new S3.PutObjectCommand({ Bucket, Key, ...rest }), {
    expiresIn: 60,
    ...(rest.ContentType ? { signableHeaders: new Set(["content-type"]) } : {}),
  });

describe("buckets", () => {
  test("a bucket is created", async () => {
    await clientOf().send(new S3.CreateBucketCommand({ Bucket }));
  });

  test("a bucket is found", async () => {
    await clientOf().send(new S3.HeadBucketCommand({ Bucket }));
  });

  test("a missing bucket is 404", async () => {
    const missing = clientOf().send(new S3.HeadBucketCommand({ Bucket: `nope-${Bucket}` }));
    await expect(missing).rejects.toMatchObject(hasStatus(404));
  });

  test("a lifecycle configuration is accepted", async () => {
    const rule = { ID: "x", Filter: { Prefix: "tmp/" }, Expiration: { Days: 1 } };
    const LifecycleConfiguration = { Rules: [{ ...rule, Status: "Enabled" as const }] };
    const input = { Bucket, LifecycleConfiguration };
    await clientOf().send(new S3.PutBucketLifecycleConfigurationCommand(input));
  });
});

describe("objects", () => {
  test("a string put with the default CRC32 checksum comes back", async () => {
    await put("a.txt", "hello", { ContentType: "text/plain", Metadata: { foo: "bar" } });
    expect(await textOf(await get("a.txt"))).toBe("hello");
  });

  test("a stream put in aws-chunked frames with a trailer comes back", async () => {
    const halves = [Buffer.alloc(100_000, "x"), Buffer.alloc(100_000, "y")];
    const input = { Bucket, Key: "stream.txt", Body: Readable.from(halves) };
    await clientOf().send(new S3.PutObjectCommand({ ...input, ContentLength: 200_000 }));
    expect(await textOf(await get("stream.txt"))).toBe(Buffer.concat(halves).toString());
  });

  test("aws-chunked is not kept as the content encoding", async () => {
    expect((await head("stream.txt")).ContentEncoding ?? "").toBe("");
  });

  test("HEAD tells type, metadata, ETag and length", async () => {
    expect(await head("a.txt")).toMatchObject({
      ContentType: "text/plain",
      Metadata: { foo: "bar" },
      ETag: etagOf("hello"),
      ContentLength: 5,
    });
  });

  test("a range is 206 and exactly that range", async () => {
    const reply = await get("a.txt", { Range: "bytes=1-2" });
    expect(reply.$metadata.httpStatusCode).toBe(206);
    expect(await textOf(reply)).toBe("el");
  });

  test("If-None-Match of the same ETag is 304", async () => {
    const unchanged = get("a.txt", { IfNoneMatch: etagOf("hello") });
    await expect(unchanged).rejects.toMatchObject(hasStatus(304));
  });

  test("a missing key is NoSuchKey", async () => {
    await expect(get("missing")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("If-None-Match: * refuses to overwrite", async () => {
    const refused = put("a.txt", "zz", { IfNoneMatch: "*" });
    await expect(refused).rejects.toSatisfy((error: S3.S3ServiceException) =>
      [412, 409].includes(error.$metadata.httpStatusCode ?? 0),
    );
    expect(await textOf(await get("a.txt"))).toBe("hello");
  });

  test("a wrong checksum is refused", async () => {
    const input = { Bucket, Key: "bad", Body: "hello", ChecksumCRC32: "AAAAAA==" };
    const refused = presigner().send(new S3.PutObjectCommand(input));
    await expect(refused).rejects.toMatchObject(hasStatus(400));
    await expect(head("bad")).rejects.toMatchObject(hasStatus(404));
  });

  test("a wrong Content-MD5 is refused", async () => {
    const input = { Bucket, Key: "bad", Body: "hello", ContentMD5: md5("other", "base64") };
    const refused = presigner().send(new S3.PutObjectCommand(input));
    await expect(refused).rejects.toMatchObject(hasStatus(400));
  });

  test("a copy has the content of its source", async () => {
    const input = { Bucket, Key: "dir/copy.txt", CopySource: `${Bucket}/a.txt` };
    await clientOf().send(new S3.CopyObjectCommand(input));
    expect(await textOf(await get("dir/copy.txt"))).toBe("hello");
  });

  test("listing knows prefix, delimiter and pages", async () => {
    for (let index = 0; index < 5; index++) await put(`p/${index}.txt`, "1");
    const list = (rest: Partial<S3.ListObjectsV2CommandInput>) =>
      clientOf().send(new S3.ListObjectsV2Command({ Bucket, ...rest }));
    const first = await list({ Prefix: "p/", MaxKeys: 2 });
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    const token = first.NextContinuationToken;
    const second = await list({ Prefix: "p/", ...(token ? { ContinuationToken: token } : {}) });
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(["p/2.txt", "p/3.txt", "p/4.txt"]);
    const folders = await list({ Delimiter: "/" });
    expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["dir/", "p/"]);
  });

  test("a key may hold spaces, plus, ampersand and any script, also in a presigned URL", async () => {
    const key = "ü s+p&a=1/日本.txt";
    await put(key, "u");
    expect(await textOf(await get(key))).toBe("u");
    expect(await (await fetch(await signGet(key))).text()).toBe("u");
  });

  test("many objects are deleted in one request", async () => {
    const Delete = { Objects: [{ Key: "p/0.txt" }, { Key: "p/1.txt" }] };
    const reply = await clientOf().send(new S3.DeleteObjectsCommand({ Bucket, Delete }));
    expect(reply.Deleted).toHaveLength(2);
  });

  test("tags are kept", async () => {
    const Tagging = { TagSet: [{ Key: "k", Value: "v" }] };
    await clientOf().send(new S3.PutObjectTaggingCommand({ Bucket, Key: "a.txt", Tagging }));
    const reply = await clientOf().send(new S3.GetObjectTaggingCommand({ Bucket, Key: "a.txt" }));
    expect(reply.TagSet).toEqual([{ Key: "k", Value: "v" }]);
  });

  test("a deleted object is 404", async () => {
    await put("gone.txt", "1");
    await clientOf().send(new S3.DeleteObjectCommand({ Bucket, Key: "gone.txt" }));
    await expect(head("gone.txt")).rejects.toMatchObject(hasStatus(404));
  });
});

describe("multipart uploads", () => {
  const big = randomBytes(12 * 1024 * 1024);

  test("12 MB in parts come back whole", async () => {
    const Body = Readable.from([big]);
    const params = { Bucket, Key: "big", Body, ContentType: "application/x-big" };
    await new Upload({ client: clientOf(), params, partSize: 5 * 1024 * 1024 }).done();
    const reply = await get("big");
    const bytes = Buffer.from((await reply.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(big)).toBe(true);
    expect(reply.ContentType).toBe("application/x-big");
  });

  test("presigned parts are listed and completed", async () => {
    const upload = { Bucket, Key: "parts" };
    const started = await clientOf().send(new S3.CreateMultipartUploadCommand(upload));
    const { UploadId } = started;
    const Parts: S3.CompletedPart[] = [];
    for (const [index, part] of [big.subarray(0, 6e6), big.subarray(6e6)].entries()) {
      const PartNumber = index + 1;
      const command = new S3.UploadPartCommand({ ...upload, UploadId, PartNumber });
      const reply = await fetch(await getSignedUrl(presigner(), command), {
        method: "PUT",
        body: new Uint8Array(part),
      });
      expect(reply.status).toBe(200);
      Parts.push({ ETag: reply.headers.get("etag") ?? "", PartNumber });
    }
    const listed = await clientOf().send(new S3.ListPartsCommand({ ...upload, UploadId }));
    expect(listed.Parts).toHaveLength(2);
    const input = { ...upload, UploadId, MultipartUpload: { Parts } };
    await clientOf().send(new S3.CompleteMultipartUploadCommand(input));
    expect((await head("parts")).ContentLength).toBe(big.length);
  });

  test("an upload is aborted", async () => {
    const upload = { Bucket, Key: "aborted" };
    const { UploadId } = await clientOf().send(new S3.CreateMultipartUploadCommand(upload));
    await clientOf().send(new S3.AbortMultipartUploadCommand({ ...upload, UploadId }));
    await expect(head("aborted")).rejects.toMatchObject(hasStatus(404));
  });
});

describe("presigned URLs", () => {
  test("a PUT and a GET work without credentials", async () => {
    const headers = { "content-type": "image/png" };
    const url = await signPut("presigned", { ContentType: "image/png" });
    expect((await fetch(url, { method: "PUT", body: "data", headers })).status).toBe(200);
    const reply = await fetch(await signGet("presigned"));
    expect(await reply.text()).toBe("data");
    expect(reply.headers.get("content-type")).toBe("image/png");
  });

  test("a PUT with another content type than the signed one is 403", async () => {
    const url = await signPut("other-type", { ContentType: "image/png" });
    const headers = { "content-type": "text/html" };
    expect((await fetch(url, { method: "PUT", body: "data", headers })).status).toBe(403);
  });

  test("a PUT of another length than the signed one is 403", async () => {
    const url = await signPut("other-length", { ContentLength: 4 });
    expect(url).toContain("content-length");
    expect((await fetch(url, { method: "PUT", body: "toolongdata" })).status).toBe(403);
  });

  test("a PUT signed with the SDK's default checksum fits an empty body only", async () => {
    const command = new S3.PutObjectCommand({ Bucket, Key: "default-checksum" });
    const url = await getSignedUrl(clientOf(), command, { expiresIn: 60 });
    expect(url).toContain("x-amz-checksum-crc32=AAAAAA%3D%3D");
    expect((await fetch(url, { method: "PUT", body: "data" })).status).toBe(400);
  });

  test("a GET may name the file and the type to answer with", async () => {
    const url = await signGet("presigned", 60, {
      ResponseContentDisposition: 'attachment; filename="x.png"',
      ResponseContentType: "application/zip",
    });
    const { headers } = await fetch(url);
    expect(headers.get("content-disposition")).toBe('attachment; filename="x.png"');
    expect(headers.get("content-type")).toBe("application/zip");
  });

  test("a GET with another key is 403", async () => {
    const url = (await signGet("presigned")).replace("/presigned?", "/a.txt?");
    expect((await fetch(url)).status).toBe(403);
  });

  test("a GET with a bad signature is 403", async () => {
    const url = await signGet("presigned");
    const forged = url.replace(/X-Amz-Signature=[0-9a-f]{8}/, "X-Amz-Signature=deadbeef");
    expect((await fetch(forged)).status).toBe(403);
  });

  test("a GET that has expired is 403", async () => {
    const url = await signGet("presigned", 1);
    expect(await afterTime(2_500, async () => (await fetch(url)).status)).toBe(403);
  });

  test("a GET used as a PUT is 403", async () => {
    const url = await signGet("presigned");
    expect((await fetch(url, { method: "PUT", body: "evil" })).status).toBe(403);
  });
});

describe("strangers", () => {
  const list = () => new S3.ListObjectsV2Command({ Bucket });

  test("a wrong secret is 403", async () => {
    const stranger = clientOf({ credentials: { ...credentials, secretAccessKey: "wrong" } });
    await expect(stranger.send(list())).rejects.toMatchObject(hasStatus(403));
  });

  test("an unknown access key is 403", async () => {
    const stranger = clientOf({ credentials: { accessKeyId: "UNKNOWN", secretAccessKey: "x" } });
    await expect(stranger.send(list())).rejects.toMatchObject(hasStatus(403));
  });

  test("an anonymous GET is 403", async () => {
    expect((await fetch(`${endpoint}/${Bucket}/a.txt`)).status).toBe(403);
  });

  test("an anonymous PUT is 403", async () => {
    const url = `${endpoint}/${Bucket}/anonymous.txt`;
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(403);
  });
});

describe("presigned POST", () => {
  type Conditions = NonNullable<Parameters<typeof createPresignedPost>[1]["Conditions"]>;
  const conditions: Conditions = [
    ["content-length-range", 1, 1_000],
    ["starts-with", "$Content-Type", "image/"],
    ["starts-with", "$key", "up/"],
  ];
  type Form = {
    byteSize?: number;
    conditions?: Conditions;
    overrides?: Record<string, string>;
    expires?: number;
  };

  async function formUpload(form: Form = {}) {
    const { url, fields } = await createPresignedPost(presigner(), {
      Bucket,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own placeholder, not a template.
      Key: "up/${filename}",
      Conditions: form.conditions ?? conditions,
      Fields: { "Content-Type": "image/png", success_action_status: "201" },
      Expires: form.expires ?? 60,
    });
    const data = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...form.overrides })) {
      data.set(name, value);
    }
    data.set("file", new Blob(["d".repeat(form.byteSize ?? 500)], { type: "image/png" }), "f.png");
    return () => fetch(url, { method: "POST", body: data });
  }
  const statusOf = async (form: Form) => (await (await formUpload(form))()).status;

  test("a form within its policy is stored", async () => {
    expect(await statusOf({})).toBe(201);
    expect(await head("up/f.png")).toMatchObject({ ContentLength: 500, ContentType: "image/png" });
  });

  test("a file that is too large is EntityTooLarge", async () => {
    const reply = await (await formUpload({ byteSize: 5_000 }))();
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain("<Code>EntityTooLarge</Code>");
  });

  test("a file that is too small is 400", async () => {
    const [, ...others] = conditions;
    const tight: Conditions = [["content-length-range", 100, 1_000], ...others];
    expect(await statusOf({ byteSize: 1, conditions: tight })).toBe(400);
  });

  test("another content type is 403", async () => {
    expect(await statusOf({ overrides: { "Content-Type": "text/html" } })).toBe(403);
  });

  test("another key prefix is 403", async () => {
    expect(await statusOf({ overrides: { key: "other/x" } })).toBe(403);
  });

  test("a bad signature is 403", async () => {
    expect(await statusOf({ overrides: { "X-Amz-Signature": "0".repeat(64) } })).toBe(403);
  });

  test("a field that the policy does not name is 403", async () => {
    expect(await statusOf({ overrides: { "x-amz-meta-evil": "1" } })).toBe(403);
  });

  test("an expired policy is 403", async () => {
    const upload = await formUpload({ expires: 1 });
    expect(await afterTime(2_500, async () => (await upload()).status)).toBe(403);
  });
});

describe("CORS", () => {
  const preflight = (origin: string, headers: Record<string, string> = {}) =>
    fetch(`${endpoint}/${Bucket}/x`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "PUT", ...headers },
    });

  test("a configuration is kept", async () => {
    const rule = { AllowedOrigins: [ORIGIN], AllowedMethods: ["PUT", "POST", "GET"] };
    const rest = { AllowedHeaders: ["*"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 300 };
    const CORSConfiguration = { CORSRules: [{ ...rule, ...rest }] };
    await clientOf().send(new S3.PutBucketCorsCommand({ Bucket, CORSConfiguration }));
    const reply = await clientOf().send(new S3.GetBucketCorsCommand({ Bucket }));
    expect(reply.CORSRules).toMatchObject([rule]);
  });

  test("a preflight from an allowed origin passes", async () => {
    const reply = await preflight(ORIGIN, { "access-control-request-headers": "content-type" });
    expect(reply.ok).toBe(true);
    expect([ORIGIN, "*"]).toContain(reply.headers.get("access-control-allow-origin"));
  });

  test("a preflight from another origin is refused", async () => {
    const reply = await preflight("http://evil.test");
    expect(reply.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("the answer to a PUT admits the origin and shows the ETag", async () => {
    const headers = { origin: ORIGIN };
    const reply = await fetch(await signPut("cors"), { method: "PUT", body: "1", headers });
    expect([ORIGIN, "*"]).toContain(reply.headers.get("access-control-allow-origin"));
    expect(reply.headers.get("access-control-expose-headers")).toMatch(/etag/i);
  });
});
