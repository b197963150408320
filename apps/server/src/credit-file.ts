import {
  type ImportLine,
  importColumns,
  importLimits,
  requiredImportColumns,
} from "@tintype/core/credit-import";
import { parse } from "csv-parse/sync";

/**
 * A CSV file (RFC 4180, UTF-8, with or without a byte order mark) as lines with their numbers.
 * @throws Error in words, when it is not a file of this kind at all
 */
export function readCreditFile(text: string): ImportLine[] {
  if (Buffer.byteLength(text) > importLimits.fileBytes) {
    throw new Error(`the file is larger than ${importLimits.fileBytes} bytes; cut it in two`);
  }
  const lines: number[] = [];
  // The parser counts a Windows line end inside quotes twice.
  const [header, ...body] = parse(text.replaceAll("\r\n", "\n"), {
    bom: true,
    skip_empty_lines: true,
    trim: true,
    on_record: (record: string[], context) => {
      lines.push(context.lines);
      return record;
    },
  });
  if (!header) throw new Error("the file is empty");
  checkHeader(header);
  if (body.length > importLimits.rows) {
    throw new Error(`the file has more than ${importLimits.rows} rows; cut it in two`);
  }
  return body.map((record, index) => ({
    line: lines[index + 1] ?? 0,
    values: Object.fromEntries(header.map((name, column) => [name, record[column] ?? ""])),
  }));
}

function checkHeader(names: readonly string[]): void {
  const missing = requiredImportColumns.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`the header lacks ${missing.join(", ")}`);
  const unknown = names.filter((name) => !importColumns.includes(name));
  if (unknown.length > 0) {
    throw new Error(`the header has ${unknown.join(", ")}; known are ${importColumns.join(", ")}`);
  }
  if (new Set(names).size < names.length) throw new Error("the header has a column twice");
}
