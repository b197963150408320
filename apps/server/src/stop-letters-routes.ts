import type { Locale } from "@tintype/core/auth";
import type { AnonymousActor } from "@tintype/services/context";
import { readStopLettersLink, STOP_LETTERS_PATH } from "@tintype/services/mail/stop-letters-link";
import { stopLettersPage } from "@tintype/services/mail/stop-letters-page";
import { stopLetters } from "@tintype/services/settings/stop-letters";
import { type Context, Hono } from "hono";
import type { ServerBindings } from "./client-address.ts";
import type { Services } from "./services.ts";

const actor: AnonymousActor = { kind: "anonymous" };

/**
 * The way out of letters. By GET a page that asks; by POST it is done, from that page or from a mail program by itself
 * (RFC 8058), which sends neither cookie nor origin: the signature in the address is all that counts.
 */
export function stopLettersRoutes(options: {
  services: Services;
  secret: string | null;
}): Hono<ServerBindings> {
  const { services, secret } = options;
  return new Hono<ServerBindings>()
    .get(STOP_LETTERS_PATH, (c) =>
      answer(c, readStopLettersLink(secret, linkOf(c)) === null ? "notOurs" : "asks"),
    )
    .post(STOP_LETTERS_PATH, async (c) => {
      const isDone = await stopLetters({ ...services, actor }, { secret, link: linkOf(c) });
      return answer(c, isDone ? "done" : "notOurs");
    });
}

const linkOf = (c: Context): URLSearchParams => new URL(c.req.url).searchParams;

function answer(c: Context<ServerBindings>, state: Parameters<typeof stopLettersPage>[1]) {
  const locale: Locale = c.req.query("locale") === "ru" ? "ru" : "en";
  c.header("Cache-Control", "no-store");
  return c.html(stopLettersPage(locale, state), state === "notOurs" ? 400 : 200);
}
