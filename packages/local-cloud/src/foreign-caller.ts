import type { IncomingMessage } from "node:http";

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const SAFE = new Set(["GET", "HEAD"]);

/**
 * Services of the desk ask nobody who they are, and every page in the developer's browser reaches them. So they answer only
 * to names of this machine (a foreign name that resolves to 127.0.0.1 is DNS rebinding), and a page may send only what it
 * got from here. Programs send no Origin and are let in.
 * @returns why the request is refused, undefined when it is not
 */
export function foreignCaller({ method = "GET", headers }: IncomingMessage): string | undefined {
  const { host = "", origin, "sec-fetch-site": site } = headers;
  const name = host.replace(/:\d*$/, "").toLowerCase();
  if (!LOOPBACK.test(name)) return "This service answers to names of its own machine only.";
  if (site === "same-origin") return undefined;
  const isForeign =
    origin === undefined
      ? !SAFE.has(method) && site !== undefined && site !== "none"
      : origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  return isForeign ? "This service takes nothing from pages of others." : undefined;
}
