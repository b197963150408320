import type { QuoteOffer } from "./api-types.ts";

/**
 * What a job costs beyond the wallet, in cents: nothing when the wallet is enough, and null when the job cannot be paid
 * for at all. The server decides again, under the wallet's lock.
 */
export function centsBeyond({ affordable, overage }: QuoteOffer): number | null {
  if (affordable) return 0;
  if (!overage?.withinLimit || overage.unpaidCents !== null || overage.isPlanPastDue) return null;
  return overage.cents;
}
