/** What one contestant did in one round. */
export type Sample = {
  /** Finished calls a second. */
  perSecond: number;
  /** Milliseconds; null where nobody timed single calls. */
  p99Ms: number | null;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError("the median of nothing");
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** @param share 0.99 for the time that 99 of 100 calls stay below */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError("a percentile of nothing");
  return value;
}

/** Times come from a monotonic clock in milliseconds. */
export const sampleOf = (latencies: readonly number[], elapsedMs: number): Sample => ({
  perSecond: latencies.length / (elapsedMs / 1_000),
  p99Ms: latencies.length === 0 ? null : percentile(latencies, 0.99),
});

/** Medians of each figure over the rounds. */
export function medianSample(samples: readonly Sample[]): Sample {
  const timed = samples.flatMap(({ p99Ms }) => (p99Ms === null ? [] : [p99Ms]));
  return {
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    p99Ms: timed.length === 0 ? null : median(timed),
  };
}
