import type { Db } from "@tintype/db/client";
import { payments as paymentRows } from "@tintype/db/schema";
import type { PaymentProvider } from "@tintype/integrations/payments/payments";
import { and, eq } from "drizzle-orm";
import type { Job } from "pg-boss";
import type { Signals } from "../context.ts";
import { startBoss } from "../mail/mail-queue.ts";
import { askForRefund, giveUpRefund } from "./order-refund.ts";
import { isKeyForgotten, REFUND_QUEUE, type RefundOrder } from "./refund-orders.ts";

export type RefundWorkerOptions = {
  databaseUrl: string;
  db: Db;
  payments: PaymentProvider;
  now: () => Date;
  signals: Pick<Signals, "userChanged">;
  /** A refund that is not known yet or could not be asked for (it is again), was refused or given up. */
  onError: (error: Error) => void;
};

const POLL_SECONDS = 5;

/** Asks again for refunds whose answer was lost, until the provider has them or the webhook has told them. */
export async function startRefundWorker(
  options: RefundWorkerOptions,
): Promise<{ stop: () => Promise<void> }> {
  const { databaseUrl, onError } = options;
  const boss = await startBoss({ databaseUrl, onError, supervise: false });
  await boss.work<RefundOrder>(
    REFUND_QUEUE,
    { pollingIntervalSeconds: POLL_SECONDS, batchSize: 1 },
    async (jobs: Job<RefundOrder>[]) => {
      for (const { id, data } of jobs) {
        try {
          const outcome = await retryRefund(options, data);
          if (outcome === "told" || outcome === "accepted") continue;
          const error = new Error(`the refund ${id} of ${data.paymentReference} is ${outcome}`);
          if (outcome === "unknown") throw error;
          onError(error);
          options.signals.userChanged(data.userId);
          await boss.cancel(REFUND_QUEUE, id);
        } catch (error) {
          onError(error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
      }
    },
  );
  return { stop: () => boss.stop({ graceful: true, timeout: 10_000 }) };
}

/**
 * What will not come gives back the credits it had taken.
 * @returns `told` when the webhook has brought it; `too_old` is for a person: the key may be forgotten
 */
export async function retryRefund(
  { db, payments, now }: Pick<RefundWorkerOptions, "db" | "payments" | "now">,
  order: RefundOrder,
): Promise<"told" | "accepted" | "unknown" | "refused" | "too_old"> {
  const { userId, paymentReference, refundedAfterCents } = order;
  const [payment] = await db
    .select({ refundedCents: paymentRows.refundedCents })
    .from(paymentRows)
    .where(and(eq(paymentRows.userId, userId), eq(paymentRows.reference, paymentReference)));
  if (payment && payment.refundedCents >= refundedAfterCents) return "told";
  const outcome = isKeyForgotten(order, now()) ? "too_old" : await askForRefund(payments, order);
  if (outcome === "refused" || outcome === "too_old") await giveUpRefund({ db, now }, order);
  return outcome;
}
