import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { problemOf } from "../../lib/problem.ts";
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
          const isOver = isAnswer(state.error) || (status !== undefined && over.has(status));
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
  const unknown = status ? null : error;
  const isUnreachable = unknown !== null && !isAnswer(unknown);
  return {
    status,
    error: isUnreachable ? null : asUnknownPurchase(unknown),
    isUnreachable,
    isLate,
  };
}

/** What will not change by asking again; a provider or a server that is away for a while will. */
function isAnswer(error: unknown): boolean {
  const problem = problemOf(error);
  return problem !== null && problem.code !== "payments_unavailable";
}

/** An id from the address bar that cannot be one names no purchase; no form is to blame. */
const asUnknownPurchase = (error: unknown): unknown =>
  problemOf(error)?.code === "invalid_input"
    ? { data: { problem: { code: "checkout_not_found" } } }
    : error;
