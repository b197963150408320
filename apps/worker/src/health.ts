import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type MetricsSettings, mayReadMetrics } from "@tintype/services/metrics/metrics-access";

import { renderProcess } from "@tintype/services/metrics/process-metrics";
import type { Env } from "./env.ts";

export type Health = { port: number; close: () => Promise<void> };

type Answers = {
  isReady: () => Promise<boolean>;
  /** Beyond what every process tells of itself, in Prometheus' text format. */
  metrics: () => string;
};

/** Answers /healthz while the process lives, /readyz while it can work, and /metrics to whoever may read them. */
export async function startHealth(
  settings: Pick<Env, "HOST" | "WORKER_PORT"> & MetricsSettings,
  { isReady, metrics }: Answers,
): Promise<Health> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
    if (request.url === "/healthz") answer(200, "ok");
    else if (request.url === "/metrics" && mayReadMetrics(requestOf(request), settings))
      answer(200, renderProcess() + metrics());
    else if (request.url === "/readyz") {
      isReady().then(
        (ready) => answer(ready ? 200 : 503, ready ? "ready" : "not ready"),
        () => answer(503, "not ready"),
      );
    } else answer(404, "not found");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.WORKER_PORT, settings.HOST, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

const requestOf = ({ headers, socket }: IncomingMessage) => ({
  header: (name: string) => headers[name]?.toString(),
  address: socket.remoteAddress,
});

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
