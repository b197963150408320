import { unitsOf } from "@tintype/core/catalogue";
import type { GenerationJobRow } from "@tintype/db/schema";
import type { GeneratedFile } from "@tintype/integrations/generators/generator";

/** What is charged for: seconds of video rounded up, images that exist, or the one use of a tool. */
export function deliveredUnits(job: GenerationJobRow, files: readonly GeneratedFile[]): number {
  if (job.unit === "second") {
    const milliseconds = files.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
    return Math.ceil(milliseconds / 1_000);
  }
  return job.kind === "image" ? files.length : unitsOf(job.settings, job.unit);
}
