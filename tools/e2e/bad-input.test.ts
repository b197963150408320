import { readFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { storageSettings } from "@tintype/core/environment";
import type { JobView, Quote } from "@tintype/core/jobs";
import { assets, creditEvents, generationJobs, sessions } from "@tintype/db/schema";
import { createS3Storage } from "@tintype/integrations/storage/s3";
import { and, eq, isNull } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { rootDir } from "../src/stack/web-build.ts";
import { ApiClient, newId } from "./api-client.ts";
import { newAccount, useStack } from "./stack.ts";

const stack = useStack();
let photo: Uint8Array;
beforeAll(async () => {
  photo = await readFile(path.join(rootDir, "fixtures/coffee.png"));
});

type Member = { client: ApiClient; userId: string };
async function newMember(): Promise<Member> {
  const client = await new ApiClient(stack.urls.app).signUp(newAccount());
  const me = await client.query<{ id: string }>("auth.me");
  return { client, userId: me.id };
}

/** Everything that a refused request could leave behind for a user. */
async function traces({ userId }: Member) {
  const { db } = stack.database;
  const rows = await Promise.all([
    // A refused upload's row goes on counting for the hourly limit, and names nothing any more.
    db
      .select({ id: assets.id })
      .from(assets)
      .where(and(eq(assets.userId, userId), isNull(assets.deletedAt))),
    db
      .select({ id: generationJobs.id })
      .from(generationJobs)
      .where(eq(generationJobs.userId, userId)),
    db.select({ id: creditEvents.seq }).from(creditEvents).where(eq(creditEvents.userId, userId)),
  ]);
  const storage = createS3Storage(
    storageSettings({
      S3_ENDPOINT: stack.env.S3_ENDPOINT ?? "",
      S3_REGION: stack.env.S3_REGION ?? "us-east-1",
      S3_ACCESS_KEY_ID: stack.env.S3_ACCESS_KEY_ID ?? "",
      S3_SECRET_ACCESS_KEY: stack.env.S3_SECRET_ACCESS_KEY ?? "",
      S3_UPLOADS_BUCKET: stack.env.S3_UPLOADS_BUCKET ?? "tintype-uploads",
      S3_OUTPUTS_BUCKET: stack.env.S3_OUTPUTS_BUCKET ?? "tintype-outputs",
      S3_FORCE_PATH_STYLE: true,
    }),
  );
  const objects: string[] = [];
  for (const bucket of ["uploads", "outputs"] as const) {
    for await (const { key } of storage.list({ bucket, prefix: `${userId}/` })) objects.push(key);
  }
  storage.close();
  const [assetRows, jobRows, eventRows] = rows.map((list) => list.length);
  return { assetRows, jobRows, eventRows, objects };
}

/** A PNG that says it is 30,000 × 30,000 pixels, in a few hundred bytes. */
function headerBomb(): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const pixels = chunk("IDAT", deflateSync(Buffer.alloc(30_000)));
  return Buffer.concat([signature, chunk("IHDR", header), pixels, chunk("IEND", Buffer.alloc(0))]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe("a file that cannot be used is refused in words, and nothing of it is kept", () => {
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>');
  const refusals: [what: string, file: () => [Uint8Array, string], problem: object][] = [
    ["zero bytes", () => [new Uint8Array(), "image/png"], { code: "upload_empty" }],
    [
      "too large",
      () => [new Uint8Array(10 * 1024 * 1024 + 1), "image/png"],
      { code: "upload_too_large", limit: 10 * 1024 * 1024 },
    ],
    ["SVG", () => [svg, "image/svg+xml"], { code: "upload_type_unsupported" }],
    ["SVG that calls itself PNG", () => [svg, "image/png"], { code: "upload_type_unsupported" }],
    [
      "a program under a picture's name",
      () => [new Uint8Array(Buffer.from("MZ\u0090\u0000 this program", "latin1")), "image/jpeg"],
      { code: "upload_type_unsupported" },
    ],
    ["truncated", () => [photo.subarray(0, 60_000), "image/png"], { code: "upload_unreadable" }],
    [
      "30,000 × 30,000 pixels",
      () => [headerBomb(), "image/png"],
      { code: "upload_dimensions_too_large", width: 30_000, height: 30_000 },
    ],
  ];
  test.each(refusals)("%s", async (_, file, problem) => {
    const member = await newMember();
    const [bytes, contentType] = file();
    await expect(member.client.upload(bytes, contentType)).rejects.toMatchObject({ problem });
    expect(await traces(member)).toEqual({
      assetRows: 0,
      jobRows: 0,
      eventRows: 1,
      objects: [],
    });
  });
});

describe("a request that makes no sense is refused with the field that is wrong", () => {
  const invalid: [what: string, settings: object, field: string][] = [
    ["a prompt of 10,000 characters", { kind: "image", prompt: "x".repeat(10_000) }, "prompt"],
    ["minus one picture", { kind: "image", count: -1 }, "count"],
    ["half a picture", { kind: "image", count: 0.5 }, "count"],
    ["a million pictures", { kind: "image", count: 1_000_000 }, "count"],
    ["minus three seconds", { kind: "video", durationSeconds: -3 }, "durationSeconds"],
    ["2.5 seconds", { kind: "video", durationSeconds: 2.5 }, "durationSeconds"],
    ["a day of video", { kind: "video", durationSeconds: 86_400 }, "durationSeconds"],
    ["an unknown scene", { kind: "image", scene: "moon" }, "scene"],
    ["an unknown kind", { kind: "hologram" }, "kind"],
  ];
  test.each(invalid)("%s", async (_, settings, field) => {
    const member = await newMember();
    const problem = {
      code: "invalid_input",
      issues: [expect.objectContaining({ field: `settings.${field}` })],
    };
    await expect(member.client.query("jobs.quote", { settings })).rejects.toMatchObject({
      problem,
    });
    const submit = { id: newId(), inputAssetId: newId(), settings, priceId: newId(), credits: 5 };
    await expect(member.client.mutate("jobs.submit", submit)).rejects.toMatchObject({
      problem: { code: "invalid_input" },
    });
    expect(await traces(member)).toMatchObject({ jobRows: 0, eventRows: 1 });
  });

  test("a video of 16 seconds, which the schema allows but this generator cannot make", async () => {
    const { client } = await newMember();
    const settings = { kind: "video", durationSeconds: 16 };
    await expect(client.query("jobs.quote", { settings })).rejects.toMatchObject({
      problem: { code: "duration_unsupported", requested: 16, maximum: 15 },
    });
  });
});

test("what belongs to somebody else does not exist", async () => {
  const owner = await newMember();
  const asset = await owner.client.upload(photo, "image/png");
  const job = await owner.client.generate(asset.id, { kind: "image", qualityTier: "watermark" });
  const stranger = await newMember();
  const { client } = stranger;
  const noAsset = { problem: { code: "asset_not_found" } };
  const noJob = { problem: { code: "job_not_found" } };
  await expect(client.query("assets.get", { assetId: asset.id })).rejects.toMatchObject(noAsset);
  await expect(client.mutate("assets.confirmUpload", { assetId: asset.id })).rejects.toMatchObject(
    noAsset,
  );
  await expect(client.generate(asset.id, { kind: "image" })).rejects.toMatchObject(noAsset);
  expect(await client.mutate("assets.delete", { assetIds: [asset.id] })).toEqual({ deleted: [] });
  await expect(client.query("jobs.get", { jobId: job.id })).rejects.toMatchObject(noJob);
  await expect(client.query("jobs.receipt", { jobId: job.id })).rejects.toMatchObject(noJob);
  await expect(client.mutate("jobs.cancel", { jobId: job.id })).rejects.toMatchObject(noJob);
  expect(await traces(stranger)).toMatchObject({ assetRows: 0, jobRows: 0, eventRows: 1 });
  await owner.client.mutate<JobView>("jobs.cancel", { jobId: job.id }).catch(() => undefined);
});

test("not enough credits, and a price that is no longer true: nothing is held", async () => {
  const member = await newMember();
  const { client } = member;
  const asset = await client.upload(photo, "image/png");
  const settings = { kind: "image" as const, count: 4 };
  await expect(client.generate(asset.id, settings)).rejects.toMatchObject({
    status: 402,
    problem: { code: "insufficient_credits", required: 20, available: 10 },
  });
  const quote = await client.query<Quote>("jobs.quote", { settings: { kind: "image" } });
  const request = { id: newId(), inputAssetId: asset.id, settings: { kind: "image" } };
  await expect(
    client.mutate("jobs.submit", { ...request, priceId: quote.priceId, credits: 4 }),
  ).rejects.toMatchObject({ problem: { code: "price_changed", quoted: 4, current: 5 } });
  expect(await traces(member)).toMatchObject({ assetRows: 1, jobRows: 0, eventRows: 1 });
});

test("an expired session is asked to sign in again", async () => {
  const { client, userId } = await newMember();
  // Ended in the database only, as time would do; the process may remember it for up to ten seconds.
  await stack.database.db
    .update(sessions)
    .set({ expiresAt: new Date(0) })
    .where(eq(sessions.userId, userId));
  await expect
    .poll(
      () =>
        client.query("credits.balance").then(
          () => "signed in",
          (error: { problem: { code: string } }) => error.problem.code,
        ),
      { interval: 500 },
    )
    .toBe("unauthenticated");
});
