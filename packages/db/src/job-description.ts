import type { SubmitArguments } from "./job-functions.ts";
import { type JsonRow, readAssetRow, readJobRow } from "./json-rows.ts";
import type { AssetRow, GenerationJobRow } from "./schema/index.ts";

/** As SQL's `describe_job` answers: rows as JSON, with their columns' names and times as text. */
export type JobDescriptionJson = {
  job: JsonRow;
  files: JsonRow[];
  msPerUnit: number | null;
  queuePosition: number | null;
};

/** What a submit that made a job answers: only what its caller does not know. */
export type NewJobJson = {
  photo: JsonRow;
  msPerUnit: number | null;
  queuePosition: number | null;
};

/** What a browser is shown of a job, apart from its files. */
export type DescribedJob = Pick<
  GenerationJobRow,
  | "id"
  | "version"
  | "kind"
  | "status"
  | "settings"
  | "inputAssetId"
  | "credits"
  | "chargedCredits"
  | "cancelFeePercent"
  | "progress"
  | "stage"
  | "attempt"
  | "maxAttempts"
  | "cancelRequestedAt"
  | "failureCode"
  | "createdAt"
  | "startedAt"
  | "finishedAt"
  | "deadlineAt"
>;

export type JobDescription = {
  job: DescribedJob;
  /** Its photo and results, without those the user has deleted. */
  files: AssetRow[];
  /** Milliseconds for one image or one second of video; null before anything was measured. */
  msPerUnit: number | null;
  /** 1 = next; null when the job does not wait or too many users do. */
  queuePosition: number | null;
};

/** The description with rows as a query would have brought them. */
export const readJobDescription = (json: JobDescriptionJson): JobDescription => ({
  job: readJobRow(json.job),
  files: json.files.map(readAssetRow),
  msPerUnit: json.msPerUnit,
  queuePosition: json.queuePosition,
});

/** The same of a job that `submit_job` has just made of these arguments. */
export const describeNewJob = (
  args: SubmitArguments,
  { photo, msPerUnit, queuePosition }: NewJobJson,
): JobDescription => ({
  job: {
    id: args.jobId,
    kind: args.kind,
    settings: args.settings,
    inputAssetId: args.inputAssetId,
    credits: args.quotedCredits,
    maxAttempts: args.maxAttempts,
    createdAt: args.now,
    deadlineAt: args.deadlineAt,
    ...untouched,
  },
  files: [readAssetRow(photo)],
  msPerUnit,
  queuePosition,
});

/** As every job begins. Cancelling costs nothing while it waits, whatever its price says of later. */
const untouched = {
  version: 1,
  status: "queued",
  attempt: 0,
  progress: 0,
  stage: null,
  chargedCredits: null,
  cancelFeePercent: 0,
  cancelRequestedAt: null,
  failureCode: null,
  startedAt: null,
  finishedAt: null,
} as const;
