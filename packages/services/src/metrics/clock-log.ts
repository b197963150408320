import type { ClockOptions } from "@tintype/db/clock/database-clock";
import type { Logger } from "@tintype/integrations/process/logger";
import { describeSkew } from "./clock-metrics.ts";

/** Says in the log what becomes of the clock. @param meanwhile what follows as long as it is wrong */
export const clockLog = (
  logger: Logger,
  meanwhile: string,
): Pick<ClockOptions, "onError" | "onChange"> => ({
  onError: (error) => logger.error({ err: error }, "the database's clock cannot be read"),
  onChange: (reading) => {
    if (reading.agrees) logger.info({ clock: reading }, describeSkew(reading));
    else logger.error({ clock: reading }, `${describeSkew(reading)}; ${meanwhile}`);
  },
});
