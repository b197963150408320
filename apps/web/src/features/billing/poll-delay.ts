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

/**
 * When to ask again whether the money of a refund has gone: mostly it has within seconds, but a bank may take days over
 * it, and the page may be open as long.
 * @param waitedMs since a refund on its way was first seen
 * @returns milliseconds: 4 s in the first minute, then more and more seldom, up to a minute
 */
export const refundPollDelay = (waitedMs: number): number =>
  Math.min(60_000, Math.max(4_000, Math.round(waitedMs / 15)));
