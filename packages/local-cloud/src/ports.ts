import { createServer } from "node:net";

/**
 * A TCP port on 127.0.0.1 that was free a moment ago: `preferred` if nobody listens there, else
 * one the system picks. Another process may still take it first, so whoever binds it may fail.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined) {
    const port = await tryPort(preferred);
    if (port !== undefined) return port;
  }
  const port = await tryPort(0);
  if (port === undefined) throw new Error("the system has no free TCP port on 127.0.0.1");
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = probe.address();
      const taken = typeof address === "object" && address ? address.port : undefined;
      probe.close(() => resolve(taken));
    });
  });
}
