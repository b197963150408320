import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { inOrder } from "../../lib/in-order.ts";
import { trpc } from "../../lib/trpc.ts";
import { isSignedIn, useUser } from "../../lib/use-user.ts";
import { preferencesQuery } from "./billing-queries.ts";

/** One change of the limits, with an error of its own beside the field that was changed. */
export function useChangePreferences() {
  const queryClient = useQueryClient();
  const { id: userId } = useUser();
  return useMutation(
    trpc.billing.updatePreferences.mutationOptions({
      scope: inOrder("limits"),
      onSuccess: (now) => {
        if (!isSignedIn(userId)) return;
        queryClient.setQueryData(preferencesQuery().queryKey, now);
        // What a job may use decides what its price consists of.
        void queryClient.invalidateQueries(trpc.jobs.quote.pathFilter());
        void queryClient.invalidateQueries(trpc.credits.pathFilter());
      },
    }),
  );
}

/** A purchase that is declined changes no wallet, so nobody tells of it: where one may be made, it is asked for. */
const ASK_EVERY_MS = 5_000;

export const usePreferences = () =>
  useQuery({
    ...preferencesQuery(),
    refetchInterval: ({ state: { data } }) =>
      data?.topUp.enabled && data.topUp.pausedBecause === null ? ASK_EVERY_MS : false,
  });
