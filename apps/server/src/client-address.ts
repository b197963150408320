import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { RequestIdVariables } from "hono/request-id";
import { networkOf, parseAddress } from "./network-address.ts";

/** `Bindings` is what node-server hands over; nothing of it when a test calls the app directly. */
export type ServerBindings = { Bindings: Partial<HttpBindings>; Variables: RequestIdVariables };

/**
 * The network address attempts are counted by. Behind proxies it is the one the outermost trusted proxy
 * saw; what a client wrote further left in X-Forwarded-For is only a claim. Where no address stands at that
 * place it is the socket's: rubbish must never make a client uncountable.
 */
export function clientAddress(c: Context<ServerBindings>, trustedHops: number): string {
  const socketAddress = parseAddress(c.env?.incoming?.socket.remoteAddress ?? "");
  const forwarded = trustedHops === 0 ? null : forwardedAddress(c, trustedHops);
  const address = forwarded ?? socketAddress;
  return address === null ? "unknown" : networkOf(address);
}

/** Several headers are one list (RFC 9110), in the order in which they came; Node joins them. */
export function forwardedAddress(c: Context<ServerBindings>, trustedHops: number): string | null {
  const entry = c.req.header("x-forwarded-for")?.split(",").at(-trustedHops);
  return entry === undefined ? null : parseAddress(entry);
}
