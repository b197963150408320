/** Streak credits are for coming back: they run out after so many days of 24 hours. */
export const STREAK_EXPIRES_DAYS = 30;
/** Between two claims lie at least so many hours, whatever the calendar says: a change of time zone earns no day. */
export const STREAK_PAUSE_MS = 20 * 3_600_000;

/** @returns the calendar day there, as "2026-06-01" */
export const dayIn = (timeZone: string, unixMs: number): string =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(unixMs);

export type Streak = { lastDay: string; days: number; claimedAt: number };

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/**
 * Today's claim: one for each calendar day of the user, and never two within twenty hours. A day that was left out
 * begins the streak anew. `claim_streak` in packages/db/sql is the same rule.
 * @returns the streak with today in it, or null when today has been claimed or it is too soon
 */
export function streakAfter(streak: Streak | null, today: string, now: number): Streak | null {
  if (streak && (streak.lastDay >= today || streak.claimedAt + STREAK_PAUSE_MS > now)) return null;
  const days = streak?.lastDay === dayBefore(today) ? streak.days + 1 : 1;
  return { lastDay: today, days, claimedAt: now };
}

/** What coming back brings. */
export type StreakView = {
  days: number;
  /** Credits of the next claim. */
  credits: number;
  /** From when it can be claimed; null: now. */
  nextAt: Date | null;
};
export type ClaimedStreak = { days: number; credits: number; nextAt: Date };
