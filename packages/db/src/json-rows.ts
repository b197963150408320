import { getTableColumns, type InferSelectModel, type Table } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import { assets, generationJobs } from "./schema/index.ts";

/** What SQL's `to_jsonb(row)` makes of a row: columns by their names, times as text. */
export type JsonRow = Record<string, unknown>;

export const readJobRow = rowReader(generationJobs);
export const readAssetRow = rowReader(assets);

/** Rows as a query would have brought them. JSON knows no dates; all else it carries as it is. */
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
