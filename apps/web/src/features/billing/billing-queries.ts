import { trpc } from "../../lib/trpc.ts";

/** What is sold here, and which plan of it the reader has. */
export const billingCatalogueQuery = () => trpc.billing.catalogue.queryOptions();

export const subscriptionQuery = () => trpc.billing.subscription.queryOptions();

/** It is the provider's to know, so it is asked for each time it may have changed. */
export const cardQuery = () => trpc.billing.card.queryOptions();

export const invoicesQuery = () =>
  trpc.billing.invoices.infiniteQueryOptions(
    { limit: 12 },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );

export const paymentsQuery = () =>
  trpc.billing.payments.infiniteQueryOptions(
    { limit: 12 },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
