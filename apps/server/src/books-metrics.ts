import type { Logger } from "@tintype/integrations/process/logger";
import { getBooksStatus } from "@tintype/services/credits/check-books";
import type { Services } from "./services.ts";

/**
 * Whether the last proofs of the books found them balanced, in Prometheus' text format; nothing before the first
 * proof. Without the database the other metrics still come: they tell what is wrong then.
 */
export async function renderBooks(services: Pick<Services, "db">, logger: Logger): Promise<string> {
  try {
    const status = await getBooksStatus(services);
    if (!status) return "";
    return [
      "# TYPE tintype_books_balanced gauge",
      `tintype_books_balanced ${status.balanced ? 1 : 0}`,
      "# TYPE tintype_books_checked_timestamp_seconds gauge",
      `tintype_books_checked_timestamp_seconds ${status.checkedAt.getTime() / 1_000}`,
      "",
    ].join("\n");
  } catch (error) {
    logger.error({ err: error }, "the state of the books is unknown");
    return "";
  }
}
