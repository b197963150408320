import { outageOf } from "@tintype/core/problems";
import { WebhookRefused } from "@tintype/integrations/payments/payments";
import type { Logger } from "@tintype/integrations/process/logger";
import { receiveWebhook } from "@tintype/services/billing/receive-webhook";
import type { SystemActor } from "@tintype/services/context";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ServerBindings } from "./client-address.ts";
import type { Metrics } from "./metrics.ts";
import type { Services } from "./services.ts";

/** An invoice with all its lines is tens of kilobytes. */
const WEBHOOK_LIMIT = 1024 * 1024;
const REFUSED =
  "The signature is not ours or older than five minutes: check STRIPE_WEBHOOK_SECRET and the clock.";
const actor: SystemActor = { kind: "system", name: "webhook" };

type Options = { services: Services; logger: Logger; metrics: Metrics };

/**
 * Where the payment provider tells its news. It comes from no page of ours and with no session: the signature over the
 * raw body says who it is. 2xx means "booked", 400 "not from you", 5xx "tell me again"; the words are for the person
 * who reads them in the provider's dashboard.
 */
export function stripeWebhook({ services, logger, metrics }: Options): Hono<ServerBindings> {
  return new Hono<ServerBindings>().post(
    "/stripe",
    bodyLimit({
      maxSize: WEBHOOK_LIMIT,
      onError: (c) => c.text(`A webhook may have ${WEBHOOK_LIMIT} bytes.\n`, 413),
    }),
    async (c) => {
      const { payments } = services;
      if (!payments) {
        logger.error("a webhook came, but STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set");
        return c.text("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set here.\n", 503);
      }
      const body = await c.req.text();
      try {
        const event = payments.verifyWebhook(body, c.req.header("stripe-signature") ?? "");
        const outcome = await receiveWebhook({ ...services, actor }, event);
        if (outcome === "not_ours") metrics.webhookNotOurs();
        logger.info({ event: event.id, type: event.type, outcome }, "webhook");
        return c.json({ received: true, outcome });
      } catch (error) {
        if (error instanceof WebhookRefused) {
          metrics.webhookRefused();
          logger.warn({ err: error }, `a webhook was refused: ${REFUSED}`);
          return c.text(`${REFUSED}\n`, 400);
        }
        // 503: it is asked again.
        if (outageOf(error)) throw error;
        metrics.unexpectedError();
        logger.error({ err: error }, "a webhook could not be booked");
        return c.text("It could not be booked; the reason is in the log and the inbox.\n", 500);
      }
    },
  );
}
