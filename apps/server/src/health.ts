import { Hono } from "hono";
import type { Services } from "./services.ts";

const CHECK_TIMEOUT_MS = 3_000;

/** /healthz: this process answers. /readyz: and it reaches what it needs; else 503 says what it does not. */
export function healthRoutes({ db, storage }: Pick<Services, "db" | "storage">): Hono {
  return new Hono()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const [database, store] = await Promise.all([
        succeeds(db.execute("select 1")),
        succeeds(storage.checkReachable()),
      ]);
      const ready = database && store;
      return c.json(
        { status: ready ? "ok" : "unavailable", database, storage: store },
        ready ? 200 : 503,
      );
    });
}

/** Why it fails is in the log of whoever owns the connection; the answer is for a load balancer. */
async function succeeds(check: Promise<unknown>): Promise<boolean> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error("timed out")), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([check, timeout.promise]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
