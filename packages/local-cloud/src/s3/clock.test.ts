import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as S3 from "@aws-sdk/client-s3";
import { afterEach, expect, test, vi } from "vitest";
import { startS3 } from "../s3.ts";

afterEach(() => vi.useRealTimers());

test("in a stack whose time was moved by months, the store says what time it is there, and its clients go on", async () => {
  // Node's own Date header knows nothing of it, and the SDK sets its clock by that header.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 93 * 86_400_000 });
  const dir = mkdtempSync(path.join(tmpdir(), "tintype-s3-"));
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const server = await startS3({ dir, keys: { key: "secret" }, buckets: ["here"] });
  try {
    const { headers } = await fetch(server.url);
    expect(Math.abs(Date.parse(headers.get("date") ?? "") - Date.now())).toBeLessThan(10_000);

    const client = new S3.S3Client({
      ...{ endpoint: server.url, region: "us-east-1", credentials },
      ...{ forcePathStyle: true, maxAttempts: 1 },
    });
    for (const Key of ["first", "second", "third"]) {
      await client.send(new S3.PutObjectCommand({ Bucket: "here", Key, Body: Key }));
    }
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
