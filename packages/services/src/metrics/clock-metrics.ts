import { type ClockReading, MAX_SKEW_MS } from "@tintype/db/clock/database-clock";

/** How this machine's clock stands to the database's, in Prometheus' text format. */
export function renderClock({ skewMs, withinMs, ageMs, agrees }: ClockReading): string {
  return [
    "# HELP tintype_clock_skew_seconds This machine's clock minus the database's, by which everything goes.",
    "# TYPE tintype_clock_skew_seconds gauge",
    `tintype_clock_skew_seconds ${skewMs / 1_000}`,
    "# HELP tintype_clock_skew_error_seconds The most by which that may be wrong.",
    "# TYPE tintype_clock_skew_error_seconds gauge",
    `tintype_clock_skew_error_seconds ${withinMs / 1_000}`,
    "# TYPE tintype_clock_measured_age_seconds gauge",
    `tintype_clock_measured_age_seconds ${ageMs / 1_000}`,
    "# HELP tintype_clock_agrees 0: more than two seconds apart, or not measured for a minute. Alert on it.",
    "# TYPE tintype_clock_agrees gauge",
    `tintype_clock_agrees ${agrees ? 1 : 0}`,
    "",
  ].join("\n");
}

/** For the log: how far apart the clocks are. */
export function describeSkew({ skewMs, withinMs, agrees, ageMs }: ClockReading): string {
  if (agrees) return "this machine's clock and the database's agree again";
  if (Math.abs(skewMs) <= MAX_SKEW_MS)
    return `what time the database has is known to ${withinMs.toFixed(0)} ms, since ${Math.round(ageMs / 1_000)} s`;
  const seconds = (Math.abs(skewMs) / 1_000).toFixed(1);
  return `this machine's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the database's`;
}
