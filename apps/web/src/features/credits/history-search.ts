import type { HistoryFilter, HistoryGroup } from "@tintype/core/history";
import { startOfDay } from "./dates.ts";

/** What the address says about the history: days as the reader counts them. */
export type HistorySearch = { kind?: HistoryGroup; from?: string; to?: string };

/** The same as moments, for the API and the file. */
export const filterOf = ({ kind, from, to }: HistorySearch): HistoryFilter => ({
  ...(kind && { show: kind }),
  ...(from && { from: startOfDay(from) }),
  // The last day counts whole.
  ...(to && { to: startOfDay(to, 1) }),
});

export const exportUrl = (search: HistorySearch): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filterOf(search))) if (value) query.set(name, value);
  return query.size === 0 ? "/export/credits.csv" : `/export/credits.csv?${query}`;
};
