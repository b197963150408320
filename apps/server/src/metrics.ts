import { monitorEventLoopDelay } from "node:perf_hooks";
import { renderProcess } from "@tintype/services/metrics/process-metrics";
import type { MiddlewareHandler } from "hono";

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

export type Metrics = {
  count: MiddlewareHandler;
  /** Requests whose answer has not begun yet. */
  inFlight: () => number;
  unexpectedError: () => void;
  /** Somebody else's, or the secret in our settings is wrong: then nobody's payment arrives. */
  webhookRefused: () => void;
  /** About money that somebody else has asked our user for: an invoice made by hand at the provider. */
  webhookNotOurs: () => void;
  /** Prometheus' text format. The event-loop figures are since the reading before. */
  render: () => string;
  close: () => void;
};

export function createMetrics(): Metrics {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const answers = new Map<string, number>();
  let running = 0;
  let unexpected = 0;
  let refused = 0;
  let notOurs = 0;
  return {
    async count(c, next) {
      running++;
      try {
        await next();
      } finally {
        running--;
        const key = `method="${c.req.method}",status="${c.res.status}"`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      }
    },
    inFlight: () => running,
    unexpectedError: () => {
      unexpected++;
    },
    webhookRefused: () => {
      refused++;
    },
    webhookNotOurs: () => {
      notOurs++;
    },
    render() {
      const lines = [
        ...eventLoopLines(delay),
        "# TYPE http_requests_total counter",
        ...[...answers].map(([labels, value]) => `http_requests_total{${labels}} ${value}`),
        "# TYPE http_requests_in_flight gauge",
        `http_requests_in_flight ${running}`,
        "# TYPE unexpected_errors_total counter",
        `unexpected_errors_total ${unexpected}`,
        "# TYPE webhooks_refused_total counter",
        `webhooks_refused_total ${refused}`,
        "# TYPE webhooks_not_ours_total counter",
        `webhooks_not_ours_total ${notOurs}`,
      ];
      delay.reset();
      return `${lines.join("\n")}\n${renderProcess()}`;
    },
    close: () => delay.disable(),
  };
}

/** The histogram measures whole intervals; what is above the interval itself is the lag. */
function eventLoopLines(delay: ReturnType<typeof monitorEventLoopDelay>): string[] {
  const lag = (nanoseconds: number) =>
    Number.isFinite(nanoseconds)
      ? Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000)
      : 0;
  return [
    "# TYPE nodejs_eventloop_lag_seconds gauge",
    `nodejs_eventloop_lag_seconds{quantile="0.5"} ${lag(delay.percentile(50))}`,
    `nodejs_eventloop_lag_seconds{quantile="0.99"} ${lag(delay.percentile(99))}`,
    `nodejs_eventloop_lag_seconds{quantile="1"} ${lag(delay.max)}`,
  ];
}
