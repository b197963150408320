import type { Logger } from "@tintype/integrations/process/logger";
import type { MiddlewareHandler } from "hono";
import { forwardedAddress, type ServerBindings } from "./client-address.ts";

/** What proxies write a client's address into. Only the first is ever read. */
const HEADERS = ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"];

/**
 * Warns when a proxy seems to stand in front and its word for the client's address is not used: then all
 * visitors are one client to every limit. Once for each process, since anybody can send such a header.
 */
export function forwardedWarning(options: {
  trustedHops: number;
  logger: Logger;
}): MiddlewareHandler<ServerBindings> {
  const { trustedHops, logger } = options;
  let isSaid = false;
  return async (c, next) => {
    const header = isSaid ? undefined : HEADERS.find((name) => c.req.header(name) !== undefined);
    if (header !== undefined && (trustedHops === 0 || forwardedAddress(c, trustedHops) === null)) {
      isSaid = true;
      logger.warn({ header, trustedHops }, WARNING);
    }
    return next();
  };
}

const WARNING =
  "a forwarded header is ignored and the address of the connection is counted instead: behind a proxy all visitors share one limit until TRUST_PROXY_HOPS is the number of proxies that append to X-Forwarded-For";
