import { useSyncExternalStore } from "react";
import type { Settings } from "./api-types.ts";
import { type DraftSettings, randomSeed, readSettings } from "./draft-settings.ts";
import { newId } from "./new-id.ts";
import { parseStored, readStored, writeStored } from "./stored.ts";

/** What a person is about to generate. Kept per user, so nobody finds another's photo in the form. */
export type Draft = {
  settings: DraftSettings;
  assetId: string | null;
  /** A seed that the user typed stays; otherwise each job gets its own. */
  seedPinned: boolean;
  /** The job id that goes with exactly one request: an unchanged draft sent twice is one job. */
  submission: Submission | null;
};

/** `overageCents`: what the button said of it when it was pressed first. */
type Submission = { request: string; jobId: string; overageCents: number };

const listeners = new Set<() => void>();
const drafts = new Map<string, Draft>();
const storageKey = (userId: string) => `tintype.draft.${userId}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function parseDraft(text: string | null): Draft {
  const stored = parseStored(text);
  const draft = isObject(stored) ? stored : {};
  const { submission } = draft;
  const { request, jobId, overageCents } = isObject(submission) ? submission : {};
  return {
    settings: readSettings(isObject(draft.settings) ? draft.settings : {}),
    assetId: typeof draft.assetId === "string" ? draft.assetId : null,
    seedPinned: draft.seedPinned === true,
    submission:
      typeof request === "string" && typeof jobId === "string"
        ? { request, jobId, overageCents: typeof overageCents === "number" ? overageCents : 0 }
        : null,
  };
}

export function readDraft(userId: string): Draft {
  const known = drafts.get(userId);
  if (known) return known;
  const draft = parseDraft(readStored(storageKey(userId)));
  drafts.set(userId, draft);
  return draft;
}

export function updateDraft(userId: string, change: Partial<Draft>): void {
  const draft = { ...readDraft(userId), ...change };
  drafts.set(userId, draft);
  writeStored(storageKey(userId), JSON.stringify(draft));
  for (const listener of listeners) listener();
}

export const updateSettings = (userId: string, change: Partial<DraftSettings>): void =>
  updateDraft(userId, { settings: { ...readDraft(userId).settings, ...change } });

export function useDraft(userId: string): Draft {
  return useSyncExternalStore(
    (notify) => {
      listeners.add(notify);
      return () => listeners.delete(notify);
    },
    () => readDraft(userId),
  );
}

/**
 * What goes with this very request: the same request gets the same id, even after a reload. It also says the same about
 * what may be spent beyond the wallet, whatever that costs by now: when the reply was lost, the wallet may have changed
 * because the job is there, and must not be paid for twice.
 */
export function submissionFor(userId: string, request: string, overageCents: number): Submission {
  const { submission } = readDraft(userId);
  if (submission?.request === request) return submission;
  const next = { request, jobId: newId(), overageCents };
  updateDraft(userId, { submission: next });
  return next;
}

/** The request was refused, so that no job has its id. */
export const forgetSubmission = (userId: string): void => updateDraft(userId, { submission: null });

/** After a job was accepted: the next press is another job, with another picture. */
export function startNextDraft(userId: string): void {
  const { settings, seedPinned } = readDraft(userId);
  const seed = seedPinned ? settings.seed : randomSeed();
  updateDraft(userId, { settings: { ...settings, seed }, submission: null });
}

/** Brings an earlier job back into the form; a variation differs only in its seed. */
export function reuseSettings(
  userId: string,
  { settings, assetId, vary }: { settings: Settings; assetId: string | null; vary: boolean },
): void {
  const seed = vary ? randomSeed() : settings.seed;
  const kept = readDraft(userId);
  updateDraft(userId, {
    settings: readSettings({ ...kept.settings, ...settings, seed }),
    assetId: assetId ?? kept.assetId,
    seedPinned: !vary,
    submission: null,
  });
}
