import { expect, test } from "vitest";
import type { Job, JobPage } from "./api-types.ts";
import { type JobPages, keepNewerBalance, keepNewerJobs, withJob } from "./live-cache.ts";

const job = (id: string, version: number): Job => ({
  id,
  version,
  kind: "image",
  status: "processing",
  settings: {
    kind: "image",
    prompt: "",
    model: "product_v1",
    pose: "standing",
    scene: "studio",
    modelTier: "standard",
    qualityTier: "standard",
    aspectRatio: "1:1",
    seed: 1,
    count: 1,
  },
  input: null,
  outputs: [],
  credits: 5,
  chargedCredits: null,
  cancelFeeCredits: 0,
  progress: 0,
  stage: null,
  queuePosition: null,
  estimatedSeconds: null,
  attempt: 1,
  maxAttempts: 3,
  cancelRequested: false,
  failure: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  refundAt: "2026-01-01T00:15:00.000Z",
});

const page = (...items: Job[]): JobPage => ({ items, nextCursor: null });
const pages = (...list: JobPage[]): JobPages => ({ pages: list, pageParams: list.map(() => null) });
const versions = (list: JobPages | undefined) =>
  list?.pages.map(({ items }) => items.map(({ id, version }) => `${id}${version}`));

test("a message that is overtaken by a newer one changes nothing", () => {
  const list = pages(page(job("b", 4)), page(job("a", 7)));
  expect(versions(withJob(list, job("a", 6)))).toEqual([["b4"], ["a7"]]);
  expect(versions(withJob(list, job("a", 8)))).toEqual([["b4"], ["a8"]]);
});

test("a job that the list does not know yet comes first, once", () => {
  const once = withJob(pages(page(job("a", 1))), job("b", 1));
  expect(versions(once)).toEqual([["b1", "a1"]]);
  expect(versions(withJob(once, job("b", 2)))).toEqual([["b2", "a1"]]);
});

test("an answer that was asked for before a live message does not undo the message", () => {
  const live = pages(page(job("a", 9)));
  expect(versions(keepNewerJobs(live, pages(page(job("b", 1), job("a", 3)))))).toEqual([
    ["b1", "a9"],
  ]);
});

test("a balance never goes back to an older version", () => {
  const newest = { available: 5, held: 5, owed: 0, version: 3 };
  const older = { available: 10, held: 0, owed: 0, version: 2 };
  expect(keepNewerBalance(newest, older)).toEqual(newest);
  expect(keepNewerBalance(undefined, older)).toEqual(older);
});
