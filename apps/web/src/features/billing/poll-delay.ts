/** So long the wait is described as usual; after it as unusual. */
export const LATE_AFTER_MS = 60_000;

/**
 * When to ask again whether a payment has been booked: webhooks mostly come within a second or two, so at first often,
 * then more and more seldom, and never more than every ten seconds.
 * @param waitedMs since the page was opened
 * @returns milliseconds
 */
export const pollDelay = (waitedMs: number): number =>
  Math.min(10_000, Math.max(500, Math.round(waitedMs / 4)));
