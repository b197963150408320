import type { PoolStatistics } from "@tintype/db/pool/pool";

/** The pool of database connections in Prometheus' text format. */
export function renderPool(pool: PoolStatistics): string {
  return [
    "# TYPE tintype_db_connections gauge",
    `tintype_db_connections{state="in_use"} ${pool.inUse}`,
    `tintype_db_connections{state="idle"} ${pool.open - pool.inUse}`,
    "# TYPE tintype_db_waiting gauge",
    `tintype_db_waiting ${pool.waiting}`,
    "# HELP tintype_db_waiting_peak Most that have waited at the same time since the start.",
    "# TYPE tintype_db_waiting_peak gauge",
    `tintype_db_waiting_peak ${pool.peakWaiting}`,
    "# HELP tintype_db_refused_total Callers that got no connection in time.",
    "# TYPE tintype_db_refused_total counter",
    `tintype_db_refused_total ${pool.refused}`,
    "# HELP tintype_db_connections_ended_total Connections given up: left in a transaction (a bug, alert on it), or lost.",
    "# TYPE tintype_db_connections_ended_total counter",
    `tintype_db_connections_ended_total{reason="left_open"} ${pool.leftOpen}`,
    `tintype_db_connections_ended_total{reason="lost"} ${pool.lost}`,
    "",
  ].join("\n");
}
