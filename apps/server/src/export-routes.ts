import { historyFilter } from "@tintype/core/history";
import type { Logger } from "@tintype/integrations/process/logger";
import type { UserActor } from "@tintype/services/context";
import { exportHistory } from "@tintype/services/credits/export-history";
import { Hono } from "hono";
import type { ServerBindings } from "./client-address.ts";
import type { Metrics } from "./metrics.ts";
import type { Services } from "./services.ts";

type Options = { services: Services; logger: Logger; metrics: Metrics };

/**
 * Files for people, opened by a link: what goes wrong is told in plain words and not as data.
 * /export/credits.csv takes the filter of `credits.history` as `show`, `from` and `to`.
 */
export function exportRoutes({ services, logger, metrics }: Options): Hono<ServerBindings> {
  return new Hono<ServerBindings>().get("/credits.csv", async (c) => {
    c.header("Cache-Control", "no-store");
    const session = await services.sessions.find(c.req.header("cookie") ?? null);
    if (!session) return c.text("Sign in first: your credit history is only for you.\n", 401);
    if (session.renewedCookie) c.header("Set-Cookie", session.renewedCookie);
    const filter = historyFilter.safeParse(c.req.query());
    if (!filter.success) {
      const fields = filter.error.issues.map(({ path }) => path.join(".")).join(", ");
      return c.text(`This filter cannot be used. Check: ${fields}.\n`, 400);
    }

    const actor: UserActor = { kind: "user", userId: session.user.id, role: session.user.role };
    const lines = exportHistory({ ...services, actor }, filter.data);
    const onBreak = (error: unknown) => {
      metrics.unexpectedError();
      logger.error({ err: error, path: c.req.path }, "an export broke off");
    };
    const day = services.now().toISOString().slice(0, 10);
    c.header("Content-Type", "text/csv; charset=utf-8; header=present");
    c.header("Content-Disposition", `attachment; filename="tintype-credits-${day}.csv"`);
    return c.body(await streamOf(lines, onBreak));
  });
}

/**
 * Reads on only as fast as the browser takes it, and stops when nobody does any more. The first lines are read
 * before the answer begins, so that a failure is still an answer; a later one breaks the download off.
 */
async function streamOf(
  lines: AsyncGenerator<string, void, undefined>,
  onBreak: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  const header = await lines.next();
  let ready: typeof header | undefined = await lines.next();
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (!header.done) controller.enqueue(encoder.encode(header.value));
    },
    async pull(controller) {
      try {
        const next = ready ?? (await lines.next());
        ready = undefined;
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      } catch (error) {
        onBreak(error);
        controller.error(error);
      }
    },
    cancel: async () => {
      await lines.return();
    },
  });
}
