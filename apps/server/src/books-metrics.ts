import type { Logger } from "@tintype/integrations/process/logger";
import { getBooksStatus } from "@tintype/services/credits/check-books";
import { countDeliveriesAtOurCost } from "@tintype/services/jobs/count-deliveries-at-our-cost";
import type { Services } from "./services.ts";

/**
 * Whether the last proofs of the books found them balanced (nothing before the first proof), and what was delivered
 * at our cost, in Prometheus' text format. Without the database the other metrics still come: they tell what is wrong then.
 */
export async function renderBooks(services: Pick<Services, "db">, logger: Logger): Promise<string> {
  try {
    const [status, given] = await Promise.all([
      getBooksStatus(services),
      countDeliveriesAtOurCost(services),
    ]);
    const gifts = [
      "# TYPE tintype_deliveries_at_our_cost gauge",
      `tintype_deliveries_at_our_cost{reason="late"} ${given.late}`,
      `tintype_deliveries_at_our_cost{reason="larger"} ${given.larger}`,
      "# TYPE tintype_absorbed_credits gauge",
      `tintype_absorbed_credits ${given.credits}`,
      "",
    ];
    if (!status) return gifts.join("\n");
    return [
      "# TYPE tintype_books_balanced gauge",
      `tintype_books_balanced ${status.balanced ? 1 : 0}`,
      "# TYPE tintype_books_checked_timestamp_seconds gauge",
      `tintype_books_checked_timestamp_seconds ${status.checkedAt.getTime() / 1_000}`,
      ...gifts,
    ].join("\n");
  } catch (error) {
    logger.error({ err: error }, "the state of the books is unknown");
    return "";
  }
}
