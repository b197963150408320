import type { PlantedBug } from "@tintype/db/testing/model/planted-bugs";

export type Caught = { bug: PlantedBug; caughtBy: string | null; seconds: number };

/** Bug, the test that went red, and how long that took, as a Markdown table. */
export function tableOf(found: readonly Caught[]): string {
  const rows = found.map(
    ({ bug, caughtBy, seconds }) =>
      `| ${bug.name} | ${caughtBy ?? "**nobody**"} | ${seconds.toFixed(0)} |`,
  );
  return ["| planted bug | caught by | s |", "|---|---|---|", ...rows].join("\n");
}
