import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { problemOf } from "./problem.ts";
import { reportSessionExpired } from "./session.ts";

/** Wherever the server says "who are you?", the answer is the same: back to sign-in. */
const watchSession = (error: unknown) => {
  if (problemOf(error)?.code === "unauthenticated") reportSessionExpired();
};

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watchSession }),
  mutationCache: new MutationCache({ onError: watchSession }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A problem is an answer: asking again would give the same one.
      retry: (failures, error) => problemOf(error) === null && failures < 2,
    },
    // Without a connection a press says so at once; kept back, it would act long after it was meant.
    mutations: { networkMode: "always" },
  },
});
