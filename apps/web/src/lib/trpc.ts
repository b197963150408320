import type { AppRouter } from "@tintype/api/router";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { queryClient } from "./query-client.ts";

const url = "/trpc";

/** For calls outside of a component's life, such as the steps of an upload. */
export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink({ url }),
      false: splitLink({
        condition: ({ context }) => context.isAlone === true,
        true: httpBatchLink({ url, maxItems: 1 }),
        false: httpBatchLink({ url, maxItems: 10 }),
      }),
    }),
  ],
});

/** For a query that asks somebody else: whatever is fetched with it would wait until they answer. */
export const alone = { trpc: { context: { isAlone: true } } };

export const trpc = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient });
