import { readFile } from "node:fs/promises";
import { uploadLimits } from "@tintype/core/assets";
import { assets, generationJobs } from "@tintype/db/schema";
import type { ObjectStorage } from "@tintype/integrations/storage/storage";
import { and, eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { cancelJob } from "../jobs/cancel-job.ts";
import { submitJob } from "../jobs/submit-job.ts";
import { imageRequest, readyUpload, useTestServices } from "../testing.ts";
import { confirmUpload, type UploadContext } from "./confirm-upload.ts";
import { createConfirmations } from "./confirmations.ts";
import { createUpload } from "./create-upload.ts";
import { deleteAssets } from "./delete-assets.ts";
import { getAsset, listAssets } from "./list-assets.ts";
import { uploadPrefix } from "./object-keys.ts";
import { sweepUploads } from "./sweep-uploads.ts";

type Ctx = UploadContext;
const { userWithCredits, newId, clock, contextFor } = useTestServices();
let coffee: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  coffee = new Uint8Array(
    await readFile(new URL("../../../../fixtures/coffee.png", import.meta.url)),
  );
});

const requestFor = (over: Partial<Parameters<typeof createUpload>[1]> = {}) => ({
  id: newId(),
  fileName: "coffee.png",
  contentType: "image/png",
  byteSize: coffee.byteLength,
  ...over,
});

async function upload(ctx: Ctx, bytes: Uint8Array<ArrayBuffer> = coffee): Promise<string> {
  const ticket = await createUpload(ctx, requestFor());
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.set(name, value);
  form.set("file", new Blob([bytes], { type: "image/png" }), "coffee.png");
  const answer = await fetch(ticket.url, { method: "POST", body: form });
  expect(answer.status).toBe(201);
  return ticket.assetId;
}

const allRowsOf = ({ db, actor }: Ctx) =>
  db.select().from(assets).where(eq(assets.userId, actor.userId));
const rowsOf = async (ctx: Ctx) => (await allRowsOf(ctx)).filter(({ deletedAt }) => !deletedAt);
async function objectsOf({ storage, actor }: Ctx): Promise<string[]> {
  const keys = [];
  const prefix = `${actor.userId}/`;
  for await (const { key } of storage.list({ bucket: "uploads", prefix })) keys.push(key);
  return keys;
}
const problem = (code: string, over = {}) => ({ problem: { code, ...over } });
/** A store that refuses to delete. */
const stubborn = (storage: ObjectStorage): ObjectStorage => ({
  ...storage,
  delete: () => Promise.reject(new Error("the store is away")),
});

test("a photo goes straight to the store, is looked at, and becomes a clean picture with a thumbnail", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);

  const view = await confirmUpload(ctx, { assetId });

  expect(view).toMatchObject({ id: assetId, kind: "upload", status: "ready" });
  expect(view).toMatchObject({ contentType: "image/png", fileName: "coffee.png", jobId: null });
  const shown = await fetch(view.url ?? "");
  expect(shown.headers.get("content-type")).toBe("image/png");
  expect((await shown.arrayBuffer()).byteLength).toBe(view.byteSize);
  const thumbnail = await fetch(view.thumbnailUrl ?? "");
  expect(thumbnail.headers.get("content-type")).toBe("image/webp");
  const download = await fetch(view.downloadUrl ?? "");
  expect(download.headers.get("content-disposition")).toContain('filename="coffee.png"');
  const prefix = uploadPrefix({ userId: ctx.actor.userId, id: assetId });
  expect(await objectsOf(ctx)).toEqual([`${prefix}image.png`, `${prefix}thumbnail.webp`]);
});

test("confirming again, and many times at once, answers the same picture", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);

  const views = await Promise.all(Array.from({ length: 4 }, () => confirmUpload(ctx, { assetId })));
  views.push(await confirmUpload(ctx, { assetId }));

  expect(new Set(views.map((view) => JSON.stringify(view))).size).toBe(1);
  expect(await objectsOf(ctx)).toHaveLength(2);
});

test.each([
  [
    "text with a picture's name",
    new TextEncoder().encode("not a picture ".repeat(9)),
    "upload_type_unsupported",
  ],
  ["a picture that was cut short", () => coffee.slice(0, 20_000), "upload_unreadable"],
] as const)("%s is refused and leaves no row and no object", async (_name, bytes, code) => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx, typeof bytes === "function" ? bytes() : bytes);

  await expect(confirmUpload(ctx, { assetId })).rejects.toMatchObject(problem(code));

  expect(await rowsOf(ctx)).toEqual([]);
  expect(await objectsOf(ctx)).toEqual([]);
});

test("a refused upload counts for the hour, and its row goes after it", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx, new TextEncoder().encode("not a picture "));
  await expect(confirmUpload(ctx, { assetId })).rejects.toThrow("upload type unsupported");
  const count = async () => (await allRowsOf(ctx)).length;

  await sweepUploads(ctx);
  expect(await count()).toBe(1);
  clock.advanceSeconds(uploadLimits.unconfirmedMinutes * 60);
  await sweepUploads(ctx);
  expect(await count()).toBe(0);
});

test("confirming before the file has arrived is a problem, and works afterwards", async () => {
  const ctx = await userWithCredits(0);
  const input = requestFor();
  await createUpload(ctx, input);

  const early = confirmUpload(ctx, { assetId: input.id });
  await expect(early).rejects.toMatchObject(problem("upload_missing", { assetId: input.id }));
  const key = `${uploadPrefix({ userId: ctx.actor.userId, id: input.id })}original`;
  await ctx.storage.write({ bucket: "uploads", key, bytes: coffee, contentType: "image/png" });
  expect(await confirmUpload(ctx, { assetId: input.id })).toMatchObject({ status: "ready" });
});

test("what the store let through although it is too large is refused on confirmation", async () => {
  const ctx = await userWithCredits(0);
  const { id } = await createUpload(ctx, requestFor()).then(({ assetId }) => ({ id: assetId }));
  const key = `${uploadPrefix({ userId: ctx.actor.userId, id })}original`;
  const bytes = new Uint8Array(uploadLimits.byteSize + 1);
  await ctx.storage.write({ bucket: "uploads", key, bytes, contentType: "image/png" });

  await expect(confirmUpload(ctx, { assetId: id })).rejects.toMatchObject(
    problem("upload_too_large", { byteSize: bytes.byteLength, limit: uploadLimits.byteSize }),
  );
  expect([await rowsOf(ctx), await objectsOf(ctx)]).toEqual([[], []]);
});

test.each([
  [{ contentType: "image/svg+xml" }, "upload_type_unsupported"],
  [{ byteSize: 0 }, "upload_empty"],
  [{ byteSize: uploadLimits.byteSize + 1 }, "upload_too_large"],
])("an upload announced with %j is refused before anything is stored", async (over, code) => {
  const ctx = await userWithCredits(0);
  await expect(createUpload(ctx, requestFor(over))).rejects.toMatchObject(problem(code));
  expect(await rowsOf(ctx)).toEqual([]);
});

test("the same request again gets a ticket for the same place; another request with its id does not", async () => {
  const ctx = await userWithCredits(0);
  const input = requestFor();
  const [first, second] = await Promise.all([createUpload(ctx, input), createUpload(ctx, input)]);

  expect(second.fields.key).toBe(first.fields.key);
  expect(await rowsOf(ctx)).toHaveLength(1);
  const other = createUpload(ctx, { ...input, fileName: "tea.png" });
  await expect(other).rejects.toMatchObject(problem("upload_id_reused", { assetId: input.id }));
});

test("the limit of uploads an hour is exact, also for uploads at once", async () => {
  const ctx = await userWithCredits(0);
  const limit = uploadLimits.uploadsPerHour;
  const values = Array.from({ length: limit - 2 }, () => ({
    userId: ctx.actor.userId,
    id: newId(),
    kind: "upload" as const,
    status: "pending" as const,
    bucket: "uploads" as const,
    objectKey: "x",
    contentType: "image/png",
    byteSize: 1,
    fileName: "x",
    createdAt: clock.now(),
  }));
  await ctx.db.insert(assets).values(values);

  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, () => createUpload(ctx, requestFor())),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
    reason: problem("too_many_uploads", { limit, windowSeconds: 3_600 }),
  });
});

test("somebody else's file is not found: not to see, confirm or delete", async () => {
  const owner = await userWithCredits(0);
  const assetId = await upload(owner);
  await confirmUpload(owner, { assetId });

  const stranger = await userWithCredits(0);
  const notFound = problem("asset_not_found", { assetId });
  await expect(getAsset(stranger, { assetId })).rejects.toMatchObject(notFound);
  await expect(confirmUpload(stranger, { assetId })).rejects.toMatchObject(notFound);
  expect(await deleteAssets(stranger, { assetIds: [assetId] })).toEqual({ deleted: [] });
  expect(await listAssets(stranger, { limit: 10 })).toEqual({ items: [], nextCursor: null });
  expect(await getAsset(owner, { assetId })).toMatchObject({ status: "ready" });
});

test("another user may use the same id without touching the first one's file", async () => {
  const [first, second] = [await userWithCredits(0), await userWithCredits(0)];
  const input = requestFor();
  const [one, two] = [await createUpload(first, input), await createUpload(second, input)];
  expect(one.fields.key).not.toBe(two.fields.key);
});

test("the list shows ready files, newest first, page by page, and never one twice", async () => {
  const ctx = await userWithCredits(0);
  const ids: string[] = [];
  for (let each = 0; each < 5; each++) {
    ids.unshift(await readyUpload(ctx));
    if (each % 2 === 0) clock.advanceSeconds(1);
  }
  await createUpload(ctx, requestFor());

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAssets(ctx, { limit: 2, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen.toSorted()).toEqual(ids.toSorted());
  expect(new Set(seen).size).toBe(5);
  expect((await listAssets(ctx, { limit: 10, mediaType: "video" })).items).toEqual([]);
  expect(
    (await listAssets(ctx, { limit: 10, kind: "upload", mediaType: "image" })).items,
  ).toHaveLength(5);
  await expect(listAssets(ctx, { limit: 10, cursor: "nonsense" })).rejects.toMatchObject(
    problem("invalid_input"),
  );
});

test("a deleted file is gone from the list and from the store", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);
  const { url } = await confirmUpload(ctx, { assetId });

  expect(await deleteAssets(ctx, { assetIds: [assetId, newId()] })).toEqual({ deleted: [assetId] });

  await expect(getAsset(ctx, { assetId })).rejects.toMatchObject(problem("asset_not_found"));
  expect(await objectsOf(ctx)).toEqual([]);
  expect((await fetch(url ?? "")).status).toBe(404);
  expect(await deleteAssets(ctx, { assetIds: [assetId] })).toEqual({ deleted: [] });
});

test("a photo that an unfinished job needs is kept, with everything else that was to go", async () => {
  const ctx = await userWithCredits(20);
  const [used, unused] = [await readyUpload(ctx), await readyUpload(ctx)];
  const request = await imageRequest(ctx, used);
  await submitJob(ctx, request);

  const refused = deleteAssets(ctx, { assetIds: [used, unused] });
  await expect(refused).rejects.toMatchObject(problem("asset_in_use", { assetId: used }));
  expect((await listAssets(ctx, { limit: 10 })).items).toHaveLength(2);

  await cancelJob(ctx, { jobId: request.id });
  expect((await deleteAssets(ctx, { assetIds: [used, unused] })).deleted.toSorted()).toEqual(
    [used, unused].toSorted(),
  );
});

test("deleting a photo and submitting a job with it at once: one of them wins, never both", async () => {
  for (let round = 0; round < 8; round++) {
    const ctx = await userWithCredits(20);
    const assetId = await readyUpload(ctx);
    const request = await imageRequest(ctx, assetId);
    const outcomes = await Promise.allSettled([
      submitJob(ctx, request),
      deleteAssets(ctx, { assetIds: [assetId] }),
    ]);
    const done = outcomes.filter(({ status }) => status === "fulfilled");
    const jobs = await ctx.db
      .select()
      .from(generationJobs)
      .where(and(eq(generationJobs.userId, ctx.actor.userId), eq(generationJobs.status, "queued")));
    const [row] = await allRowsOf(ctx);
    expect(jobs.length === 1).toBe(row?.deletedAt === null);
    expect(done.length).toBe(1);
  }
});

test("the sweep removes what was never confirmed, with its object, and leaves young and ready ones", async () => {
  const ctx = await userWithCredits(0);
  const forgotten = await upload(ctx);
  const kept = await upload(ctx);
  await confirmUpload(ctx, { assetId: kept });
  clock.advanceSeconds(uploadLimits.unconfirmedMinutes * 60);
  const young = await upload(ctx);

  const worker = contextFor({ kind: "system", name: "sweep" });
  expect((await sweepUploads(worker)).failures).toEqual([]);

  const left = (await rowsOf(ctx)).map(({ id }) => id);
  expect(left.toSorted()).toEqual([kept, young].toSorted());
  expect((await objectsOf(ctx)).filter((key) => key.includes(forgotten))).toEqual([]);
});

test("a store that is away when a file is deleted is asked again by the sweep", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);
  await confirmUpload(ctx, { assetId });
  const away = { ...ctx, storage: stubborn(ctx.storage) };

  expect(await deleteAssets(away, { assetIds: [assetId] })).toEqual({ deleted: [assetId] });
  expect((await sweepUploads(away)).failures).toHaveLength(1);
  expect(await objectsOf(ctx)).toHaveLength(2);

  expect(await sweepUploads(ctx)).toMatchObject({ purged: 1, failures: [] });
  expect(await objectsOf(ctx)).toEqual([]);
  expect(await sweepUploads(ctx)).toMatchObject({ purged: 0 });
});

test("a refusal that could not clean up is finished by the sweep", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx, new TextEncoder().encode("not a picture"));
  const away = { ...ctx, storage: stubborn(ctx.storage) };

  await expect(confirmUpload(away, { assetId })).rejects.toThrow("the store is away");
  await expect(getAsset(ctx, { assetId })).rejects.toMatchObject(problem("asset_not_found"));

  await sweepUploads(ctx);
  expect([await rowsOf(ctx), await objectsOf(ctx)]).toEqual([[], []]);
});

test("an upload deleted while it is being looked at leaves nothing", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);
  const images: Ctx["images"] = {
    ...ctx.images,
    inspectAndReencode: async (bytes) => {
      await deleteAssets(ctx, { assetIds: [assetId] });
      return ctx.images.inspectAndReencode(bytes);
    },
  };

  await expect(confirmUpload({ ...ctx, images }, { assetId })).rejects.toMatchObject(
    problem("asset_not_found"),
  );
  await sweepUploads(ctx);
  expect([await rowsOf(ctx), await objectsOf(ctx)]).toEqual([[], []]);
});

/** An image processor that waits for the test, and counts. */
function controlled(ctx: Ctx) {
  const turns: { end: () => void; signal: AbortSignal | undefined }[] = [];
  const read: string[] = [];
  const inspectAndReencode: Ctx["images"]["inspectAndReencode"] = async (bytes, signal) => {
    await new Promise<void>((resolve, reject) => {
      turns.push({ end: resolve, signal });
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return ctx.images.inspectAndReencode(bytes, signal);
  };
  const storage: ObjectStorage = {
    ...ctx.storage,
    read: (request) => {
      read.push(request.key);
      return ctx.storage.read(request);
    },
  };
  const images = { ...ctx.images, inspectAndReencode };
  return { turns, read, of: (other: Ctx): Ctx => ({ ...other, images, storage }) };
}

test("one asset confirmed forty times at once is decoded once, and everybody gets the answer", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);
  const { turns, read, of } = controlled(ctx);
  const all = Array.from({ length: 40 }, () => confirmUpload(of(ctx), { assetId }));
  await expect.poll(() => turns.length).toBe(1);
  turns[0]?.end();
  expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set(["ready"]));
  expect([turns.length, read.length]).toEqual([1, 1]);
});

test("a user with many uploads holds one place: another user's upload is next, and waiting ones are not read", async () => {
  const [flood, other] = [await userWithCredits(0), await userWithCredits(0)];
  const ids = [await upload(flood), await upload(flood), await upload(flood)];
  const { turns, read, of } = controlled(flood);
  const floods = ids.map((assetId) => confirmUpload(of(flood), { assetId }));
  await expect.poll(() => turns.length).toBe(1);
  const one = confirmUpload(of(other), { assetId: await upload(other) });
  await expect.poll(() => turns.length).toBe(2);
  expect(read).toHaveLength(2);
  turns[1]?.end();
  expect(await one).toMatchObject({ status: "ready" });
  for (let each = 0; each < 3; each++) {
    await expect.poll(() => turns.length).toBeGreaterThan(each === 0 ? 0 : each + 1);
    turns[each === 0 ? 0 : each + 1]?.end();
  }
  await Promise.all(floods);
});

test("an overload is busy and not the file's fault: the upload stays and can be confirmed later", async () => {
  const confirmations = createConfirmations({ running: 1, waitingInAll: 1, waitingPerKey: 1 });
  const ctx = { ...(await userWithCredits(0)), confirmations };
  const [first, second] = [await upload(ctx), await upload(ctx)];
  const { turns, of } = controlled(ctx);
  const running = confirmUpload(of(ctx), { assetId: first });
  await expect.poll(() => turns.length).toBe(1);
  const waiting = confirmUpload(of(ctx), { assetId: second });
  const third = await upload(ctx);
  await expect(confirmUpload(of(ctx), { assetId: third })).rejects.toMatchObject({
    name: "OutageError",
    problem: { code: "busy", retryAfterSeconds: 5 },
  });
  turns[0]?.end();
  await running;
  await expect.poll(() => turns.length).toBe(2);
  turns[1]?.end();
  await waiting;
  expect(await confirmUpload(ctx, { assetId: third })).toMatchObject({ status: "ready" });
});

test("the work stops when the last caller has left, and goes on while one is there", async () => {
  const ctx = await userWithCredits(0);
  const assetId = await upload(ctx);
  const { turns, of } = controlled(ctx);
  const [one, two] = [new AbortController(), new AbortController()];
  const calls = [one, two].map(({ signal }) => confirmUpload(of(ctx), { assetId }, signal));
  await expect.poll(() => turns.length).toBe(1);
  one.abort();
  expect(turns[0]?.signal?.aborted).toBe(false);
  two.abort();
  expect(turns[0]?.signal?.aborted).toBe(true);
  for (const call of calls) await expect(call).rejects.toMatchObject({ problem: { code: "busy" } });
  expect(await confirmUpload(ctx, { assetId })).toMatchObject({ status: "ready" });
});

test("an upload that was deleted while it waited for its turn is not read", async () => {
  const ctx = await userWithCredits(0);
  const [first, second] = [await upload(ctx), await upload(ctx)];
  const { turns, read, of } = controlled(ctx);
  const running = confirmUpload(of(ctx), { assetId: first });
  await expect.poll(() => turns.length).toBe(1);
  const waiting = expect(confirmUpload(of(ctx), { assetId: second })).rejects.toMatchObject(
    problem("asset_not_found"),
  );
  await deleteAssets(ctx, { assetIds: [second] });
  turns[0]?.end();
  await running;
  await waiting;
  expect(read).toHaveLength(1);
});
