import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { trpc } from "../../lib/trpc.ts";
import { refreshMoney } from "./billing-queries.ts";
import { LATE_AFTER_MS, pollDelay } from "./poll-delay.ts";

/** Nothing new is to be expected, or nothing that is worth waiting for here. */
const over = new Set(["paid", "expired", "failed"]);

/** Asks whether a checkout is in our books until it is, or until it is known that nobody will pay. */
export function useCheckoutStatus(sessionId: string) {
  const queryClient = useQueryClient();
  const [startedAt] = useState(Date.now);
  const [isLate, setLate] = useState(false);
  const query = useQuery(
    trpc.billing.checkoutStatus.queryOptions(
      { sessionId },
      {
        staleTime: 0,
        refetchInterval: ({ state }) => {
          const { status } = state.data ?? {};
          const isOver = state.error !== null || (status !== undefined && over.has(status));
          return isOver ? false : pollDelay(Date.now() - startedAt);
        },
      },
    ),
  );
  const { data: status, error } = query;
  const isPaid = status?.status === "paid";

  useEffect(() => {
    if (isPaid) void refreshMoney(queryClient);
  }, [isPaid, queryClient]);

  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), LATE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);

  // While something is known, one lost answer is no news.
  return { status, error: status ? null : error, isLate };
}
