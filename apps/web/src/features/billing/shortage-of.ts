import type { OverageQuote } from "@tintype/core/jobs";
import type { SpendScope } from "@tintype/core/spend-scope";
import type { QuoteOffer } from "../../lib/api-types.ts";
import { centsBeyond } from "../../lib/shortage.ts";

/** Why a job cannot simply be paid for, with what helps against it. `missing`: credits that a pack would have to bring. */
export type Shortage =
  | { kind: "owed"; owed: number; missing: number }
  /** The user has allowed it: it goes on, in dollars. */
  | { kind: "beyond"; overage: OverageQuote }
  /** A payment for what went beyond before: there is no invoice to lead to. */
  | { kind: "disputed"; missing: number }
  | { kind: "unpaid"; unpaidCents: number; missing: number }
  /** The plan's own invoice is open. */
  | { kind: "past_due"; missing: number }
  | { kind: "limit"; overage: OverageQuote; missing: number }
  /** The user's own switch keeps credits from being used, and would keep those of a pack. */
  | { kind: "switch"; scope: Exclude<SpendScope, "all" | "all_and_overage"> }
  | { kind: "missing"; missing: number };

/**
 * What stands between a price and a job. @param owed a debt: nothing begins before it is paid, and new credits pay it first
 * @returns null when nothing does
 */
export function shortageOf(quote: QuoteOffer, owed: number): Shortage | null {
  const { credits, available, spendScope: scope, overage } = quote;
  const short = Math.max(0, credits - available);
  // A debt and a switch can meet: the switch comes first, because it keeps a pack from helping.
  if (short > 0 && (scope === "free" || scope === "included")) return { kind: "switch", scope };
  const missing = short + owed;
  if (owed > 0) return { kind: "owed", owed, missing };
  if (short === 0) return null;
  if (!overage) return { kind: "missing", missing };
  if (centsBeyond(quote) !== null) return { kind: "beyond", overage };
  const { unpaidCents, isDisputed, isPlanPastDue } = overage;
  // It does not go away by paying, so it comes before what does.
  if (isDisputed) return { kind: "disputed", missing };
  if (unpaidCents !== null) return { kind: "unpaid", unpaidCents, missing };
  if (isPlanPastDue) return { kind: "past_due", missing };
  return { kind: "limit", overage, missing };
}
