import { randomUUID } from "node:crypto";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { afterAll, beforeAll } from "vitest";
import type { RefundContext } from "../src/billing/refund-orders.ts";
import type { AdminActor, UserActor } from "../src/context.ts";
import { createMailQueue, type MailQueue, startBoss } from "../src/mail/mail-queue.ts";
import type { Buyer, useStripeDesk } from "./stripe-desk.ts";

/** Who gives money back at this desk, and where the orders are written down. */
export function useRefundDesk(story: ReturnType<typeof useStripeDesk>) {
  const own = {} as { queue: MailQueue };
  /** As the queue's owner: the application may only read and add. */
  const onQueue = async (query: string, values: unknown[]) => {
    const onError = (error: Error) => {
      throw error;
    };
    const { url: databaseUrl } = story.parts.database;
    const boss = await startBoss({ databaseUrl, onError, supervise: false });
    await boss.getDb().executeSql(query, values);
    await boss.stop({ graceful: false });
  };
  beforeAll(async () => {
    own.queue = await createMailQueue({
      databaseUrl: story.parts.database.url,
      onError: (error) => {
        throw error;
      },
    });
  });
  afterAll(() => own.queue.close());
  return {
    /** The queue loses an order, as an old one did after two days. */
    loseOrder: (requestId: string) => onQueue("delete from pgboss.job where id = $1", [requestId]),
    /** The next attempt is due now. */
    hurry: (requestId: string) =>
      onQueue("update pgboss.job set start_after = now() - interval '1 hour' where id = $1", [
        requestId,
      ]),
    /** The orders of a payment that may still take money, or have taken it. */
    ordersOf: (paymentReference: string) =>
      story.parts.database.db.transaction((tx) => own.queue.refunds.listOpen(tx, paymentReference)),
    refunder: (ctx: Buyer, payments = ctx.payments): RefundContext<UserActor> => ({
      ...{ ...ctx, payments },
      refunds: own.queue.refunds,
    }),
    /** Another one each time. */
    admin: (payments: PaymentProvider | null = story.desk.payments): RefundContext<AdminActor> => ({
      ...story.contextFor<AdminActor>({ kind: "user", userId: randomUUID(), role: "admin" }),
      ...{ payments, refunds: own.queue.refunds },
    }),
  };
}
