import { createServer } from "node:net";

/**
 * A TCP port on 127.0.0.1 that was free a moment ago: `preferred` if nobody listens there, else
 * one the system picks. Another process may still take it first, so whoever binds it may fail.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  const port = await tryPort(0, "127.0.0.1");
  if (port === undefined) throw new Error("the system has no free TCP port on 127.0.0.1");
  return port;
}

/** Also on ::1, where a browser that is told "localhost" looks first. */
async function isFree(port: number): Promise<boolean> {
  if ((await tryPort(port, "::1")) === undefined) return false;
  return (await tryPort(port, "127.0.0.1")) !== undefined;
}

/** Undefined when the port is taken. A machine without the address has nobody listening there. */
function tryPort(port: number, host: "127.0.0.1" | "::1"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve(port);
      else reject(error);
    });
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address();
      const taken = typeof address === "object" && address ? address.port : undefined;
      probe.close(() => resolve(taken));
    });
  });
}
