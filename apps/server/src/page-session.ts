import type { Logger } from "@tintype/integrations/process/logger";
import type { FoundSession } from "@tintype/services/auth/sessions";
import type { Context } from "hono";
import type { Services } from "./services.ts";

export type PageOptions = { directory: string; services: Services; logger: Logger };

/**
 * Who asks for a page; what they are sent depends on it. Nobody waits for a database that is away to read a page that is
 * the same for everybody: then they count as nobody.
 */
export async function findPageSession(
  { services, logger }: PageOptions,
  c: Context,
): Promise<FoundSession | null> {
  const cookies = c.req.header("cookie");
  if (cookies === undefined) return null;
  try {
    const session = await services.sessions.find(cookies);
    if (session?.renewedCookie) c.header("Set-Cookie", session.renewedCookie, { append: true });
    return session;
  } catch (error) {
    logger.warn({ err: error }, "a page is sent without knowing who asks");
    return null;
  }
}
