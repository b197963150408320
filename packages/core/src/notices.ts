/** So many days before paid credits expire, a letter says so. */
const noticeDays = [1, 7, 30] as const;
const DAY_MS = 24 * 3_600_000;

/**
 * Which letter is due about credits that expire: only the most urgent, and none more than half of the grant's life
 * ahead. `due_expiry_notices` in packages/db/sql is the same rule. Times are milliseconds since 1970.
 * @returns its number of days, or null when it is too early, or too late
 */
export function noticeStep(effectiveAt: number, expiresAt: number, now: number): number | null {
  if (expiresAt <= now) return null;
  const isDue = (days: number) =>
    expiresAt - now <= days * DAY_MS && expiresAt - effectiveAt >= 2 * days * DAY_MS;
  return noticeDays.find(isDue) ?? null;
}
