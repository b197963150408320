import { getTableColumns, type InferSelectModel, type Table } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import { type AssetRow, assets, type GenerationJobRow, generationJobs } from "./schema/index.ts";

/** As SQL's `describe_job` answers: rows as JSON, with their columns' names and times as text. */
export type JobDescriptionJson = {
  job: JsonRow;
  files: JsonRow[];
  msPerUnit: number | null;
  queuePosition: number | null;
};
type JsonRow = Record<string, unknown>;

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

const readJobRow = rowReader(generationJobs);
const readAssetRow = rowReader(assets);

/** For `to_jsonb(row)`. JSON knows no dates; all else it carries as it is. */
function rowReader<T extends Table>(table: T): (json: JsonRow) => InferSelectModel<T> {
  const columns = Object.entries(getTableColumns(table)).map(([key, { dataType }]) => ({
    key,
    name: toSnakeCase(key),
    isDate: dataType === "date",
  }));
  return (json) => {
    const row: JsonRow = {};
    for (const { key, name, isDate } of columns) {
      const value = json[name];
      if (value === undefined) throw new Error(`the row has no ${name}`);
      row[key] = isDate && value !== null ? new Date(String(value)) : value;
    }
    return row as InferSelectModel<T>;
  };
}
