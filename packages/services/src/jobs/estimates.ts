import { unitsOf } from "@tintype/core/catalogue";
import type { GenerationSettings, JobKind } from "@tintype/core/generation";
import type { Db } from "@tintype/db/client";
import { type GenerationJobRow, generationEstimates } from "@tintype/db/schema";
import { sql } from "drizzle-orm";

/** Before anything was measured: milliseconds for one image or one second of video. */
const firstGuessMs: Record<JobKind, number> = { image: 5_000, video: 3_000 };
/** How much the newest measurement counts: an average over roughly the last five jobs. */
const NEWEST_WEIGHT = 0.2;

const keyOf = ({ kind, modelTier, qualityTier }: GenerationSettings) =>
  `${kind}/${modelTier}/${qualityTier}`;
const workUnits = (settings: GenerationSettings) =>
  unitsOf(settings, settings.kind === "video" ? "second" : "image");

export type Estimates = ReadonlyMap<string, number>;

export async function loadEstimates(db: Db): Promise<Estimates> {
  const rows = await db.select().from(generationEstimates);
  return new Map(rows.map(({ key, msPerUnit }) => [key, msPerUnit]));
}

/** Of one tier, as it came with a job; null before anything was measured. */
export const estimatesOf = (settings: GenerationSettings, msPerUnit: number | null): Estimates =>
  new Map(msPerUnit === null ? [] : [[keyOf(settings), msPerUnit]]);

/** How long the whole job takes once it runs, in milliseconds. */
export function estimateMs(estimates: Estimates, settings: GenerationSettings): number {
  const perUnit = estimates.get(keyOf(settings)) ?? firstGuessMs[settings.kind];
  return perUnit * workUnits(settings);
}

/** Seconds until this job should be done, as the card shows them; null once it has ended. */
export function remainingSeconds(
  estimates: Estimates,
  job: Pick<GenerationJobRow, "settings" | "status" | "progress">,
  queuePosition: number | null,
): number | null {
  const total = estimateMs(estimates, job.settings);
  if (job.status === "queued") return Math.ceil((total * (queuePosition ?? 1)) / 1_000);
  if (job.status !== "processing") return null;
  return Math.max(1, Math.ceil((total * (100 - job.progress)) / 100_000));
}

/** Learns from a finished job. Outside its transaction: all jobs of a tier share this row. */
export async function learnDuration(
  db: Db,
  settings: GenerationSettings,
  durationMs: number,
): Promise<void> {
  const { kind, modelTier, qualityTier } = settings;
  const msPerUnit = Math.max(1, Math.round(durationMs / workUnits(settings)));
  const { msPerUnit: known, samples } = generationEstimates;
  await db
    .insert(generationEstimates)
    .values({ key: keyOf(settings), kind, modelTier, qualityTier, msPerUnit, samples: 1 })
    .onConflictDoUpdate({
      target: generationEstimates.key,
      set: {
        msPerUnit: sql`greatest(1, round(${known} * ${1 - NEWEST_WEIGHT}::numeric + ${msPerUnit} * ${NEWEST_WEIGHT}::numeric))`,
        samples: sql`${samples} + 1`,
      },
    });
}
