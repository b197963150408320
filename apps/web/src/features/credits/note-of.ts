import type { CreditEvent } from "../../lib/api-types.ts";

/**
 * What somebody wrote to a line, in their own language. What the ledger notes down by itself, as with disputes
 * and jobs, is told by our texts in the reader's.
 */
export const noteOf = ({ kind, reason }: Pick<CreditEvent, "kind" | "reason">): string | null =>
  kind === "grant" || kind === "adjustment" ? reason : null;
