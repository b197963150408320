import type { previewSweep, SweepOutcome } from "@tintype/services/assets/sweep-orphans";

type Preview = Awaited<ReturnType<typeof previewSweep>>;

const MEGABYTE = 1_000_000;
const SHOWN_KEYS = 10;
const buckets = ["uploads", "outputs"] as const;

/** What a sweep would do, in lines for a terminal. */
export function previewReport({ agreement, plan, tooMany }: Preview): string {
  const lines = buckets.flatMap((bucket) => {
    const { objects, orphans, orphanBytes, keys } = plan[bucket];
    const size = (orphanBytes / MEGABYTE).toFixed(1);
    const shown = keys.slice(0, SHOWN_KEYS).map((key) => `    ${key}`);
    const more = orphans - shown.length;
    return [
      `${bucket}: ${orphans} of ${objects} objects have no row and are older than 7 days (${size} MB)`,
      ...shown,
      ...(more > 0 ? [`    and ${more} more`] : []),
    ];
  });
  if (agreement.state === "refused")
    lines.push(
      `Refused: ${agreement.reason}.`,
      "If this database and these buckets do belong together, tie them to each other: npm run sweep -- --adopt",
    );
  else if (agreement.state === "unmarked") lines.push("Database and store are not tied yet.");
  if (tooMany !== null)
    lines.push(
      `Refused without a person's word: ${tooMany}.`,
      "To agree: npm run sweep -- --apply",
    );
  else if (agreement.state === "agreed") lines.push("To move them now: npm run sweep -- --apply");
  return `${lines.join("\n")}\nNothing has been changed.\n`;
}

export function outcomeReport(outcome: SweepOutcome): string {
  if (outcome.outcome === "refused") return `Refused: ${outcome.reason}.\n`;
  if (outcome.outcome === "busy") return "Another sweep is at work; try again when it is done.\n";
  if (outcome.outcome === "marked")
    return "Database and store are tied to each other now; nothing has been moved. Run it again to sweep.\n";
  const lines = buckets.map((bucket) => {
    const { moved, restored, purged } = outcome.swept[bucket];
    return `${bucket}: ${moved} moved to trash/ for 30 days, ${restored} brought back, ${purged} removed for good`;
  });
  return `${lines.join("\n")}\n`;
}
