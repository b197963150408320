import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Logger } from "@tintype/integrations/process/logger";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { createMetrics } from "./metrics.ts";
import { openServices } from "./services.ts";

/** Requests that are being answered get this long when the server is told to stop. */
const DRAIN_MS = 10_000;
/** What is left then are streams, which would never end by themselves; browsers open them again elsewhere. */
const FLUSH_MS = 500;
const DRAIN_CHECK_MS = 50;
/** Longer than load balancers keep a connection idle, so that it is they who close it. */
const KEEP_ALIVE_MS = 65_000;
/** Nothing we take is larger than 1 MB: who sends it more slowly than this only wants to hold a place. */
const RECEIVE_MS = 30_000;

export type RunningServer = { port: number; stop: () => Promise<void> };

/** Listens once everything it needs is there. */
export async function startServer(env: Env, logger: Logger): Promise<RunningServer> {
  const { services, close } = await openServices(env, logger);
  const metrics = createMetrics();
  const app = createApp({ env, services, logger, metrics });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = RECEIVE_MS;
  try {
    await listen(server, env);
  } catch (error) {
    metrics.close();
    await close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await drain(server, metrics.inFlight);
    metrics.close();
    await close();
  };
  return {
    port,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function listen(server: Server, { HOST, PORT }: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(PORT, HOST, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Takes no new connection, lets what is running finish, then cuts the streams. */
async function drain(server: Server, inFlight: () => number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const deadline = performance.now() + DRAIN_MS;
  while (inFlight() > 0 && performance.now() < deadline) await pause(DRAIN_CHECK_MS);
  await Promise.race([closed, pause(FLUSH_MS)]);
  server.closeAllConnections();
  await closed;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
