import type { ClockReading } from "@tintype/db/clock/database-clock";

export type ReapLeave =
  | {
      mayReap: true;
      /** A lease that had lapsed by then says nothing against its worker: the database could not be told. */
      blamelessUntil: Date | null;
    }
  /** `clock`: this machine's is not the database's, within two seconds. `outage`: the database is away or just back. */
  | { mayReap: false; because: "clock" | "outage" };

/**
 * Whether this process may judge the work of others. It may when its idea of time is beyond doubt, and when it has been
 * in contact with the database for a whole lease: after an outage everybody needs that long to renew theirs.
 */
export function leaveToReap(
  { agrees, inContactMs, outageEndedAt }: ClockReading,
  leaseSeconds: number,
): ReapLeave {
  if (!agrees) return { mayReap: false, because: "clock" };
  if (inContactMs < leaseSeconds * 1_000) return { mayReap: false, because: "outage" };
  return { mayReap: true, blamelessUntil: outageEndedAt };
}
