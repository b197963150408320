import { readFile } from "node:fs/promises";
import type { Bucket } from "@tintype/integrations/storage/storage";
import { expect, test } from "vitest";
import type { ServiceContext, UserActor } from "../context.ts";
import { runNextJob } from "../jobs/run-next-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { confirmUpload } from "./confirm-upload.ts";
import { createUpload } from "./create-upload.ts";
import { deleteAssets } from "./delete-assets.ts";
import { sweepOrphans } from "./sweep-orphans.ts";

type Ctx = ServiceContext<UserActor>;
const { userWithCredits, newId, workerContext } = useTestServices();
const photo = readFile(new URL("../../../../fixtures/coffee.png", import.meta.url));
const bytes = async () => new Uint8Array(await photo);

/** The store stamps objects with real time, so the sweep's clock goes by it too. */
const sweepIn = (hours: number) =>
  sweepOrphans({ ...workerContext(), now: () => new Date(Date.now() + hours * 3_600_000) });

async function keysOf({ storage, actor }: Ctx, bucket: Bucket): Promise<string[]> {
  const keys = [];
  const prefix = `${actor.userId}/`;
  for await (const { key } of storage.list({ bucket, prefix })) keys.push(key);
  return keys;
}

/** A form, and the way to post it: as often as one likes until it expires. */
async function uploadForm(ctx: Ctx) {
  const ticket = await createUpload(ctx, {
    id: newId(),
    fileName: "coffee.png",
    contentType: "image/png",
    byteSize: 10,
  });
  const post = async (file: Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(ticket.fields)) form.set(name, value);
    form.set("file", new Blob([file], { type: "image/png" }), "coffee.png");
    expect((await fetch(ticket.url, { method: "POST", body: form })).status).toBe(201);
  };
  return { assetId: ticket.assetId, post };
}

test("what is posted again after its upload was refused, confirmed or deleted is swept", async () => {
  const ctx = await userWithCredits(0);
  const refused = await uploadForm(ctx);
  await refused.post(new TextEncoder().encode("no picture at all"));
  await expect(confirmUpload(ctx, refused)).rejects.toThrow();
  const confirmed = await uploadForm(ctx);
  await confirmed.post(await bytes());
  await confirmUpload(ctx, confirmed);
  const deleted = await uploadForm(ctx);
  await deleted.post(await bytes());
  await confirmUpload(ctx, deleted);
  await deleteAssets(ctx, { assetIds: [deleted.assetId] });
  const kept = await keysOf(ctx, "uploads");
  for (const form of [refused, confirmed, deleted]) await form.post(await bytes());

  await sweepIn(0);
  expect(await keysOf(ctx, "uploads")).toHaveLength(kept.length + 3);

  await sweepIn(2);
  expect(await keysOf(ctx, "uploads")).toEqual(kept);
  expect(kept).toHaveLength(2);
});

test("a pending upload keeps its object for the sweep of uploads, and keys that are not ours stay", async () => {
  const ctx = await userWithCredits(0);
  const pending = await uploadForm(ctx);
  await pending.post(await bytes());
  const key = "backups/readme.txt";
  await ctx.storage.write({
    bucket: "uploads",
    key,
    bytes: await bytes(),
    contentType: "text/plain",
  });

  await sweepIn(2);

  expect(await keysOf(ctx, "uploads")).toHaveLength(1);
  expect(await ctx.storage.head({ bucket: "uploads", key })).not.toBeNull();
});

test("outputs of a failed attempt are swept, those of the delivered job stay", async () => {
  const ctx = await userWithCredits(20);
  const { id } = await submitJob(ctx, await imageRequest(ctx));
  const lost = `${ctx.actor.userId}/${id}/7-1.png`;
  await ctx.storage.write({
    bucket: "outputs",
    key: lost,
    bytes: await bytes(),
    contentType: "image/png",
  });
  const picture = { bytes: await bytes(), contentType: "image/png", width: 600, height: 400 };
  const outcome = await runNextJob(workerContext(), {
    id: "w",
    generator: {
      name: "local",
      limits: { videoSeconds: 15 },
      generate: () => Promise.resolve([picture]),
      close: () => Promise.resolve(),
    },
    heartbeatSeconds: 5,
    stopping: new AbortController().signal,
    onError: (error) => {
      throw error;
    },
  });
  expect(outcome).toBe("completed");

  expect(await sweepIn(2)).toEqual({ uploads: 0, outputs: 1 });

  const keys = await keysOf(ctx, "outputs");
  expect(keys).toHaveLength(2);
  expect(keys).not.toContain(lost);
});
