import {
  type QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { trpc } from "../../lib/trpc.ts";
import { atMoment } from "./at-moment.ts";
import {
  billingCatalogueQuery,
  paymentsQuery,
  preferencesQuery,
  subscriptionQuery,
} from "./billing-queries.ts";

/** The provider's clock is not this computer's: asked too early it would know of no end yet. */
const CLOCK_MARGIN_MS = 5_000;

/**
 * The next bill and the invoices are the payment provider's to know. While /billing is open it is asked for them again
 * only when our own books say that it knows more: another payment, another state of the plan, more of what waits for
 * its bill. A job that begins and ends is none of that. That a period has ended nobody tells: the clock does.
 */
export function useProviderNews(): void {
  const queryClient = useQueryClient();
  const { data: catalogue } = useQuery(billingCatalogueQuery());
  const { data: payments } = useInfiniteQuery(paymentsQuery());
  const { data: preferences } = useQuery(preferencesQuery());
  const known =
    catalogue && payments && preferences
      ? JSON.stringify([
          ...[catalogue.currentPlanCode, catalogue.planStatus, catalogue.nextPlanCode],
          // Not what may be given back of one: each job that spends it changes that.
          payments.pages[0]?.items.map(({ reference }) => reference),
          ...[preferences.upcomingOverage?.onNextBillCents ?? 0, preferences.isOverageBlocked],
        ])
      : null;
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (known === null) return;
    const isNews = before.current !== null && before.current !== known;
    before.current = known;
    if (isNews) askAgain(queryClient);
  }, [known, queryClient]);

  // Who shows it asks for it.
  const { data: subscription } = useQuery({ ...subscriptionQuery(), enabled: false });
  const periodEnd = subscription?.periodEnd;
  useEffect(() => {
    if (!periodEnd) return;
    return atMoment(Date.parse(periodEnd) + CLOCK_MARGIN_MS, () => askAgain(queryClient));
  }, [periodEnd, queryClient]);
}

function askAgain(queryClient: QueryClient): void {
  const { subscription, invoices } = trpc.billing;
  for (const part of [subscription, invoices]) {
    void queryClient.invalidateQueries(part.pathFilter());
  }
}
