import type { BillingEvent } from "@tintype/core/billing-events";
import type { Tx } from "@tintype/db/client";
import type { ServiceContext } from "../context.ts";
import { postNews } from "../mail/post-news.ts";
import { applyBillingEvent } from "./apply-billing-event.ts";

/**
 * A step: applies events and puts the letters about them into the outbox, in one transaction with the inbox row.
 * What an event has changed is told once, however often and in whatever order events come.
 */
export async function bookBillingEvents(
  ctx: Pick<ServiceContext, "mail" | "now">,
  tx: Tx,
  told: readonly BillingEvent[],
): Promise<void> {
  for (const event of told) {
    await postNews(ctx, tx, event.userId, await applyBillingEvent(tx, event, ctx.now()));
  }
}
