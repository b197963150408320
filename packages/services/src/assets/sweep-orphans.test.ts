import { readFile } from "node:fs/promises";
import { assets, installation } from "@tintype/db/schema";
import type { Bucket } from "@tintype/integrations/storage/storage";
import { beforeAll, expect, test } from "vitest";
import { runNextJob } from "../jobs/run-next-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest, useTestServices } from "../testing.ts";
import { confirmUpload, type UploadContext } from "./confirm-upload.ts";
import { createUpload } from "./create-upload.ts";
import { deleteAssets } from "./delete-assets.ts";
import { MARK_KEY } from "./orphans/store-mark.ts";
import { adoptStore, previewSweep, sweepOrphans } from "./sweep-orphans.ts";
import { sweepUploads } from "./sweep-uploads.ts";

type Ctx = UploadContext;
const { userWithCredits, newId, workerContext } = useTestServices();
const photo = readFile(new URL("../../../../fixtures/coffee.png", import.meta.url));
const bytes = async () => new Uint8Array(await photo);

const DAY_MS = 24 * 3_600_000;
const GENEROUS = { maxPercent: 100 };
/** The store stamps objects with real time, so the sweep's clock goes by it too. */
const inDays = (days: number) => ({
  ...workerContext(),
  now: () => new Date(Date.now() + days * DAY_MS),
});
const sweepIn = (days: number, options = GENEROUS) => sweepOrphans(inDays(days), options);

/** The first sweep of a database ties it to its buckets. */
beforeAll(() => adoptStore(workerContext()));

/** An old object that no row names: what everything is when the database is another one. */
async function orphan(ctx: Ctx): Promise<string> {
  const key = `${ctx.actor.userId}/${newId()}/image.png`;
  await ctx.storage.write({
    bucket: "uploads",
    key,
    bytes: new Uint8Array([1]),
    contentType: "image/png",
  });
  return key;
}
const exists = async ({ storage }: Ctx, key: string) =>
  (await storage.head({ bucket: "uploads", key })) !== null;

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

  await sweepIn(6.9);
  expect(await keysOf(ctx, "uploads")).toHaveLength(kept.length + 3);

  await sweepIn(8);
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

  await sweepIn(8);

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
    pause: async () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  expect(outcome).toBe("completed");

  expect(await sweepIn(8)).toMatchObject({ swept: { outputs: { moved: 1 } } });

  const keys = await keysOf(ctx, "outputs");
  expect(keys).toHaveLength(2);
  expect(keys).not.toContain(lost);
});

test("what is swept lies in the trash for thirty days, and comes back when a row names it after all", async () => {
  const ctx = await userWithCredits(0);
  const [lost, missed] = [await orphan(ctx), await orphan(ctx)];

  await sweepIn(8);
  expect(await keysOf(ctx, "uploads")).toEqual([]);
  expect(await exists(ctx, `trash/${lost}`)).toBe(true);

  const [userId = "", id = ""] = missed.split("/");
  await ctx.db.insert(assets).values({
    ...{ userId, id, kind: "upload", status: "ready", bucket: "uploads", objectKey: missed },
    ...{ contentType: "image/png", byteSize: 1, width: 1, height: 1, fileName: "a.png" },
    createdAt: ctx.now(),
  });
  await sweepIn(29);
  expect(await keysOf(ctx, "uploads")).toEqual([missed]);
  expect(await exists(ctx, `trash/${lost}`)).toBe(true);

  await sweepIn(31);
  expect(await exists(ctx, `trash/${lost}`)).toBe(false);
  expect(await exists(ctx, missed)).toBe(true);
});

test("never more than the configured share goes at once without a person's word", async () => {
  const ctx = await userWithCredits(0);
  const keys = await Promise.all(Array.from({ length: 6 }, () => orphan(ctx)));

  expect(await sweepIn(8, { maxPercent: 10 })).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining("6 of "),
  });
  const { plan, tooMany } = await previewSweep(inDays(8), 10);
  expect([plan.uploads.orphans, plan.uploads.orphanBytes]).toEqual([6, 6]);
  expect(tooMany).toContain("10 %");
  expect(await keysOf(ctx, "uploads")).toEqual(keys.toSorted());

  await sweepOrphans(inDays(8), { maxPercent: 10, isConfirmed: true });
  expect(await keysOf(ctx, "uploads")).toEqual([]);
});

test.each([
  ["an empty one that was never tied to a store", null],
  ["one that is tied to another store", crypto.randomUUID()],
])("a database that is another one removes nothing: %s", async (_case, storeMark) => {
  const ctx = await userWithCredits(0);
  const key = await orphan(ctx);
  const pending = await uploadForm(ctx);
  await pending.post(await bytes());
  const [tied] = await ctx.db.select().from(installation);
  const kept = await keysOf(ctx, "uploads");
  const mark = await ctx.storage.read({ bucket: "uploads", key: MARK_KEY, maxBytes: 1_000 });

  await ctx.db.update(installation).set({ storeMark });
  const refused = { outcome: "refused", reason: expect.stringContaining("another database") };
  expect(await sweepOrphans(inDays(60), { ...GENEROUS, isConfirmed: true })).toMatchObject(refused);
  expect(await sweepUploads(inDays(60))).toMatchObject({
    discarded: 0,
    failures: [expect.any(Error)],
  });
  expect(await keysOf(ctx, "uploads")).toEqual(kept);
  const after = await ctx.storage.read({ bucket: "uploads", key: MARK_KEY, maxBytes: 1_000 });
  expect(after).toEqual(mark);

  await ctx.db.update(installation).set({ storeMark: tied?.storeMark ?? null });
  await sweepIn(8);
  expect(await exists(ctx, key)).toBe(false);
});

test("a copy of the database stops agreeing as soon as the original has swept", async () => {
  const ctx = await userWithCredits(0);
  const [copied] = await ctx.db.select().from(installation);
  await sweepIn(8);
  const key = await orphan(ctx);
  const [original] = await ctx.db.select().from(installation);

  await ctx.db.update(installation).set({ ...copied, sweepingUntil: null });
  expect(await sweepIn(8)).toMatchObject({ outcome: "refused" });
  expect(await exists(ctx, key)).toBe(true);

  await ctx.db.update(installation).set({ ...original, sweepingUntil: null });
  expect(await sweepIn(8)).toMatchObject({ outcome: "swept" });
});

test("a sweep that died between the two buckets agrees again; one bucket without its mark does not", async () => {
  const ctx = await userWithCredits(0);
  const [row] = await ctx.db.select().from(installation);
  const next = crypto.randomUUID();
  await ctx.db.update(installation).set({ nextStoreMark: next });
  const write = (text: string, bucket: Bucket) =>
    ctx.storage.write({
      ...{ bucket, key: MARK_KEY, contentType: "application/json" },
      bytes: new TextEncoder().encode(text),
    });
  await write(`{"mark":"${next}"}`, "uploads");
  expect(await sweepIn(8)).toMatchObject({ outcome: "swept" });
  expect((await ctx.db.select().from(installation))[0]?.storeMark).not.toBe(row?.storeMark);

  await ctx.storage.delete([{ bucket: "outputs", key: MARK_KEY }]);
  expect(await sweepIn(8)).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining("not every bucket"),
  });
  await write("scribble", "outputs");
  expect(await sweepIn(8)).toMatchObject({ outcome: "refused" });
  await adoptStore(workerContext());
  expect(await sweepIn(8)).toMatchObject({ outcome: "swept" });
});

test("of two sweeps at once one works and the other leaves", async () => {
  const outcomes = await Promise.all([sweepIn(8), sweepIn(8), sweepIn(8)]);
  const names = outcomes.map(({ outcome }) => outcome).toSorted();
  expect(names.filter((name) => name === "swept").length).toBeGreaterThanOrEqual(1);
  expect(names.every((name) => name === "swept" || name === "busy")).toBe(true);
});
