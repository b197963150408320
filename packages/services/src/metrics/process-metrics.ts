/** What every process tells of itself, in Prometheus' text format. */
export const renderProcess = (): string =>
  [
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    "# TYPE process_uptime_seconds gauge",
    `process_uptime_seconds ${process.uptime()}`,
    "",
  ].join("\n");
