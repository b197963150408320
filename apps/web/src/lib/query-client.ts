import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isOutage, outageDelay } from "./outage.ts";
import { problemOf } from "./problem.ts";
import { reportSessionExpired } from "./session.ts";

/** Wherever the server says "who are you?", the answer is the same: back to sign-in. */
const watchSession = (error: unknown) => {
  if (problemOf(error)?.code === "unauthenticated") reportSessionExpired();
};

const MAX_RETRIES = 2;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watchSession }),
  mutationCache: new MutationCache({
    onError: (error) => {
      watchSession(error);
      // What is on the page asks again, and so sees when the server is back.
      if (isOutage(error)) void queryClient.invalidateQueries({ refetchType: "active" });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A problem is an answer: asking again would give the same one. While the server is away there is no answer yet.
      retry: (failures, error) =>
        isOutage(error) || (problemOf(error) === null && failures < MAX_RETRIES),
      retryDelay: outageDelay,
    },
    // Without a connection a press says so at once; kept back, it would act long after it was meant.
    mutations: { networkMode: "always" },
  },
});
