import { type JsonRow, readAssetRow, readJobRow } from "./json-rows.ts";
import type { AssetRow, GenerationJobRow } from "./schema/index.ts";

/** As SQL's `describe_job` answers: rows as JSON, with their columns' names and times as text. */
export type JobDescriptionJson = {
  job: JsonRow;
  files: JsonRow[];
  msPerUnit: number | null;
  queuePosition: number | null;
};

export type JobDescription = {
  job: GenerationJobRow;
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
