import type { ImportOutcome } from "@tintype/core/credit-import";

const titles = ["line", "externalId", "email", "outcome", "explanation"] as const;

/** One line for each row of the file, in columns, and how many there are of each outcome. */
export function importReport(outcomes: readonly ImportOutcome[]): string {
  const rows = [titles, ...outcomes.map((row) => titles.map((title) => plain(String(row[title]))))];
  const widths = titles.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const counts = Map.groupBy(outcomes, ({ outcome }) => outcome);
  const sum = [...counts].map(([outcome, those]) => `${those.length} ${outcome}`).join(", ");
  return [...lines, "", sum || "no rows", ""].join("\n");
}

/** A file from elsewhere must not move the cursor of the terminal it is shown in. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, "·").slice(0, 120);
