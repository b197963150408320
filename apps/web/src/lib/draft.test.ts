import { beforeEach, expect, test, vi } from "vitest";
import {
  forgetSubmission,
  readDraft,
  reuseSettings,
  startNextDraft,
  submissionFor,
  updateDraft,
  updateSettings,
} from "./draft.ts";
import { toSettings } from "./draft-settings.ts";

const user = "ada";

const jobIdFor = (userId: string, request: string, overageCents = 0) =>
  submissionFor(userId, request, overageCents).jobId;

/** A browser that forbids storage: the draft must work all the same. */
const forbidden = {
  getItem: () => {
    throw new Error("forbidden");
  },
  setItem: () => {
    throw new Error("forbidden");
  },
};

beforeEach(() => vi.stubGlobal("window", { localStorage: forbidden }));

test("an unchanged request keeps its job id, a changed one gets another", () => {
  const id = jobIdFor(user, "request A");
  expect(jobIdFor(user, "request A")).toBe(id);
  expect(jobIdFor(user, "request B")).not.toBe(id);
});

test("after a lost reply the same is said about what goes beyond the wallet, though it costs more by now", () => {
  const first = submissionFor(user, "request A", 33);
  expect(submissionFor(user, "request A", 48)).toEqual(first);
  expect(first.overageCents).toBe(33);

  forgetSubmission(user);
  const next = submissionFor(user, "request A", 48);
  expect(next.overageCents).toBe(48);
  expect(next.jobId).not.toBe(first.jobId);
});

test("after a job was accepted the next press is another job with another picture", () => {
  const id = jobIdFor(user, "request A");
  const { seed } = readDraft(user).settings;
  startNextDraft(user);
  expect(jobIdFor(user, "request A")).not.toBe(id);
  expect(readDraft(user).settings.seed).not.toBe(seed);
});

test("a seed that the user chose stays", () => {
  updateSettings(user, { seed: 7 });
  updateDraft(user, { seedPinned: true });
  startNextDraft(user);
  expect(readDraft(user).settings.seed).toBe(7);
});

test("reusing a job brings back everything; a variation differs in its seed alone", () => {
  const settings = toSettings({ ...readDraft(user).settings, scene: "dark", seed: 3, count: 2 });
  reuseSettings(user, { settings, assetId: "photo", vary: false });
  expect(toSettings(readDraft(user).settings)).toEqual(settings);
  expect(readDraft(user).assetId).toBe("photo");

  reuseSettings(user, { settings, assetId: null, vary: true });
  const { seed, ...varied } = toSettings(readDraft(user).settings);
  expect(seed).not.toBe(3);
  expect({ ...varied, seed: 3 }).toEqual(settings);
});

test("one user's draft is not another's", () => {
  updateDraft("ada", { assetId: "hers" });
  expect(readDraft("bob").assetId).toBeNull();
});
