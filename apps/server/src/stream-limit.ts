import type { MiddlewareHandler } from "hono";
import { clientAddress, type ServerBindings } from "./client-address.ts";
import { refuse } from "./problem-response.ts";

const RETRY_SECONDS = 30;

/**
 * So many open event streams of one address: each costs memory and a look into the database now and then,
 * for as long as it is open. A browser that is refused goes on by polling. What counts is the answer: a script
 * need not say that it wants a stream to be given one.
 */
export function streamLimit(options: {
  perAddress: number;
  trustedHops: number;
}): MiddlewareHandler<ServerBindings> {
  const { perAddress, trustedHops } = options;
  const open = new Map<string, number>();
  return async (c, next) => {
    await next();
    const { body } = c.res;
    const isStream = c.res.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (perAddress === 0 || !isStream || !body) return;
    const address = clientAddress(c, trustedHops);
    if ((open.get(address) ?? 0) >= perAddress) {
      await body.cancel();
      const problem = { code: "too_many_attempts", retryAfterSeconds: RETRY_SECONDS } as const;
      const refusal = refuse(c, { status: 429, problem, message: "too many requests" });
      refusal.headers.set("Retry-After", String(RETRY_SECONDS));
      // Without this the refusal would inherit the stream's headers.
      c.res = undefined;
      c.res = refusal;
      return;
    }
    const release = occupy(open, address);
    const watched = body.pipeThrough(new TransformStream({ flush: release, cancel: release }));
    c.res = new Response(watched, c.res);
  };
}

/** @returns what gives the place back, once, however often it is called */
function occupy(open: Map<string, number>, address: string): () => void {
  open.set(address, (open.get(address) ?? 0) + 1);
  let occupied = true;
  return () => {
    if (!occupied) return;
    occupied = false;
    const left = (open.get(address) ?? 1) - 1;
    if (left > 0) open.set(address, left);
    else open.delete(address);
  };
}
