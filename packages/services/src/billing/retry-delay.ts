const FIRST_MS = 30_000;
const LONGEST_MS = 6 * 3_600_000;

/** When a provider that did not answer is asked again: doubled each time, from half a minute to six hours. */
export const nextAttempt = (now: Date, attempts: number): Date =>
  new Date(now.getTime() + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20)));
