import type { AppRouter } from "@tintype/api/router";
import {
  createTRPCClient,
  type getFetch,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
} from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { showPart } from "./i18n.ts";
import { queryClient } from "./query-client.ts";
import { samePressLink } from "./same-press.ts";

const url = "/trpc";

type Fetch = ReturnType<typeof getFetch>;

/** Whatever page asked, the words that explain a problem are there before it is shown. */
const fetchWithWords = async (url: Parameters<Fetch>[0], options: Parameters<Fetch>[1]) => {
  const answer = await fetch(url, options as RequestInit);
  // Without the words `explain` has a general sentence; the error itself must not be lost over them.
  if (answer.status !== 200) await showPart("problems").catch(() => undefined);
  return answer;
};

/** For calls outside of a component's life, such as the steps of an upload. */
export const api = createTRPCClient<AppRouter>({
  links: [
    samePressLink(signedIn),
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink({ url }),
      false: splitLink({
        condition: ({ context }) => context.isAlone === true,
        true: httpBatchLink({ url, maxItems: 1, fetch: fetchWithWords }),
        false: httpBatchLink({ url, maxItems: 10, fetch: fetchWithWords }),
      }),
    }),
  ],
});

/** For a query that asks somebody else: whatever is fetched with it would wait until they answer. */
export const alone = { trpc: { context: { isAlone: true } } };

export const trpc = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient });

function signedIn(): string | undefined {
  return queryClient.getQueryData(trpc.auth.me.queryKey())?.id;
}
