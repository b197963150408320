import { eventWords, sourceWords } from "@tintype/core/credit-words";
import { type CsvCell, csvLine } from "@tintype/core/csv";
import { type CreditEventView, EXPORT_MAX_LINES, type HistoryFilter } from "@tintype/core/history";
import type { ServiceContext, UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { readHistoryLines } from "./history-lines.ts";

const LINES_PER_PAGE = 1_000;
/** Without it, spreadsheets take the file for one in the alphabet of the machine. */
const BYTE_ORDER_MARK = "\ufeff";

const columns: readonly (readonly [name: string, cell: (event: CreditEventView) => CsvCell])[] = [
  ["Number", ({ seq }) => seq],
  ["Time (UTC)", ({ createdAt }) => createdAt.toISOString().slice(0, 19).replace("T", " ")],
  ["What happened", ({ kind }) => eventWords[kind]],
  ["Change of available credits", ({ change }) => change],
  ["Credits spent", ({ spent }) => spent],
  ["Available after", ({ availableAfter }) => availableAfter],
  ["Set aside after", ({ heldAfter }) => heldAfter],
  ["Owed after", ({ owedAfter }) => owedAfter],
  ["Source", ({ source }) => source && sourceWords[source]],
  ["Made", ({ jobKind }) => jobKind],
  ["Job ended as", ({ jobStatus }) => jobStatus],
  ["Job", ({ jobId }) => jobId],
  ["Note", ({ reason }) => reason],
];

/**
 * The history as a CSV file, page by page as it is read; each page is a transaction of its own, and lines are
 * only ever added, so the pages fit together. A file that had to be cut says so in its last line.
 */
export async function* exportHistory(
  ctx: ServiceContext<UserActor>,
  filter: HistoryFilter,
  maxLines: number = EXPORT_MAX_LINES,
): AsyncGenerator<string, void, undefined> {
  yield BYTE_ORDER_MARK + csvLine(columns.map(([name]) => name));
  let before: number | undefined;
  for (let lines = 0; ; ) {
    const limit = Math.min(LINES_PER_PAGE, maxLines - lines + 1);
    const events = await readAsUser(ctx, (tx) =>
      readHistoryLines(tx, ctx.actor.userId, { filter, before, limit }),
    );
    const shown = events.slice(0, maxLines - lines);
    yield shown.map((event) => csvLine(columns.map(([, cell]) => cell(event)))).join("");
    lines += shown.length;
    if (shown.length < events.length) {
      const notice = `Cut here: a file has ${maxLines} lines at most. Export the rest with earlier dates.`;
      yield csvLine([null, null, notice]);
      return;
    }
    if (events.length < limit) return;
    before = events.at(-1)?.seq;
  }
}
