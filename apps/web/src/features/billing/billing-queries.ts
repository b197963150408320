import type { QueryClient } from "@tanstack/react-query";
import { alone, trpc } from "../../lib/trpc.ts";

/** What is sold here, and which plan of it the reader has. */
export const billingCatalogueQuery = () => trpc.billing.catalogue.queryOptions();

export const subscriptionQuery = () => trpc.billing.subscription.queryOptions(undefined, alone);

/** It is the provider's to know, so it is asked for each time it may have changed. */
export const cardQuery = () => trpc.billing.card.queryOptions(undefined, alone);

export const preferencesQuery = () => trpc.billing.preferences.queryOptions();

export const invoicesQuery = () =>
  trpc.billing.invoices.infiniteQueryOptions(
    { limit: 12 },
    { getNextPageParam: ({ nextCursor }) => nextCursor, ...alone },
  );

export const paymentsQuery = () =>
  trpc.billing.payments.infiniteQueryOptions(
    { limit: 12 },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );

/** Of all payments, not only of those that the first page of their list shows. */
export const openDisputesQuery = () => trpc.billing.openDisputes.queryOptions();

/**
 * After money has moved, or may have moved on a page of the payment provider: all that it shows in. Not the preview of
 * a change, which would be asked for a plan that is taken by now.
 * @returns when what is on the page is current
 */
export async function refreshMoney(queryClient: QueryClient): Promise<void> {
  const { catalogue, subscription, preferences, invoices, payments, card } = trpc.billing;
  const parts = [trpc.credits, trpc.jobs.quote, trpc.billing.openDisputes];
  const billing = [catalogue, subscription, preferences, invoices, payments, card];
  await Promise.all(
    [...parts, ...billing].map((part) => queryClient.invalidateQueries(part.pathFilter())),
  );
}
