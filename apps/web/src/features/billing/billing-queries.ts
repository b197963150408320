import { trpc } from "../../lib/trpc.ts";

/** What is sold here, and which plan of it the reader has. */
export const billingCatalogueQuery = () => trpc.billing.catalogue.queryOptions();

export const subscriptionQuery = () => trpc.billing.subscription.queryOptions();

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
