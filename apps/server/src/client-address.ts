import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { RequestIdVariables } from "hono/request-id";

/** `Bindings` is what node-server hands over; nothing of it when a test calls the app directly. */
export type ServerBindings = { Bindings: Partial<HttpBindings>; Variables: RequestIdVariables };

/**
 * The network address attempts are counted by. Behind proxies it is the one the outermost trusted proxy
 * saw; what a client wrote further left in X-Forwarded-For is only a claim.
 */
export function clientAddress(c: Context<ServerBindings>, trustedHops: number): string {
  const socketAddress = c.env?.incoming?.socket.remoteAddress ?? "unknown";
  if (trustedHops === 0) return countable(socketAddress);
  const forwarded = (c.req.header("x-forwarded-for") ?? "").split(",").map((each) => each.trim());
  return countable(forwarded.at(-trustedHops) || socketAddress);
}

export const isLoopback = (c: Context<ServerBindings>): boolean => {
  const address = c.env?.incoming?.socket.remoteAddress ?? "";
  const direct = c.req.header("x-forwarded-for") === undefined;
  return direct && (address === "::1" || address.replace("::ffff:", "").startsWith("127."));
};

/** One household or server has a whole IPv6 /64, so all of it counts as one. */
function countable(address: string): string {
  if (address.startsWith("::ffff:")) return address.slice("::ffff:".length);
  if (!address.includes(":")) return address.slice(0, 64);
  const [head = "", tail = ""] = address.toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const tailGroups = tail === "" ? [] : tail.split(":");
  const zeros = Array.from(
    { length: Math.max(0, 8 - groups.length - tailGroups.length) },
    () => "0",
  );
  const network = [...groups, ...zeros, ...tailGroups].slice(0, 4);
  return `${network.map((group) => group.slice(0, 4)).join(":")}::/64`;
}
