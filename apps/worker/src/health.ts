import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Health = { port: number; close: () => Promise<void> };

/** Answers /healthz while the process lives and /readyz while it can work. */
export async function startHealth(
  options: { host: string; port: number },
  isReady: () => Promise<boolean>,
): Promise<Health> {
  const server = createServer((request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, { "content-type": "text/plain" }).end(text);
    if (request.url === "/healthz") answer(200, "ok");
    else if (request.url === "/readyz") {
      isReady().then(
        (ready) => answer(ready ? 200 : 503, ready ? "ready" : "not ready"),
        () => answer(503, "not ready"),
      );
    } else answer(404, "not found");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
