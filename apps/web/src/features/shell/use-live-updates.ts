import { useQuery, useQueryClient } from "@tanstack/react-query";
import { hasEnded } from "@tintype/core/jobs";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect } from "react";
import type { Balance, Job } from "../../lib/api-types.ts";
import { newer, withJob } from "../../lib/live-cache.ts";
import { balanceQuery, jobsQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";

const pollMs = 2_000;
/** A stream that was refused, as during a redeploy, is not asked for again by the browser itself. */
const reconnectMs = 5_000;

/**
 * Of the billing, what our own books know and a movement of credits may show in. For the rest the payment provider would
 * be asked at every beginning and end of a job; /billing asks for it when one of these has changed.
 */
function changedByMoney() {
  const { catalogue, checkoutStatus, openDisputes, preferences, payments } = trpc.billing;
  return [catalogue, checkoutStatus, openDisputes, preferences, payments];
}

/**
 * Keeps jobs and balance current while the member's pages are open: by `jobs.watch`, and while that
 * connection is down by asking every two seconds as long as a job holds credits.
 */
export function useLiveUpdates(): void {
  const queryClient = useQueryClient();
  const { data: balance } = useQuery(balanceQuery());

  const showBalance = (next: Balance) => {
    const known = queryClient.getQueryData(balanceQuery().queryKey);
    queryClient.setQueryData(balanceQuery().queryKey, newer(known, next));
    if (known?.version === next.version) return;
    // Another version is another line of the history, other buckets, and often another payment or invoice.
    void queryClient.invalidateQueries(trpc.credits.history.pathFilter());
    void queryClient.invalidateQueries(trpc.credits.wallet.pathFilter());
    for (const part of changedByMoney()) void queryClient.invalidateQueries(part.pathFilter());
  };

  const showJob = (job: Job) => {
    queryClient.setQueryData(jobsQuery().queryKey, (pages) => withJob(pages, job));
    if (!hasEnded(job.status)) return;
    void queryClient.invalidateQueries(trpc.assets.list.pathFilter());
    void queryClient.invalidateQueries(trpc.credits.receipt.pathFilter());
    void queryClient.invalidateQueries(trpc.jobs.receipt.pathFilter());
  };

  const { status, reset } = useSubscription(
    trpc.jobs.watch.subscriptionOptions(undefined, {
      onData: ({ data }) => {
        if (data.type === "job") showJob(data.job);
        if (data.type === "balance") showBalance(data.balance);
      },
    }),
  );

  useEffect(() => {
    if (status !== "error") return;
    const timer = window.setTimeout(() => {
      // Also finds out whether the stream was refused because the session has ended.
      void queryClient.invalidateQueries(trpc.credits.balance.pathFilter());
      reset();
    }, reconnectMs);
    return () => window.clearTimeout(timer);
  }, [status, reset, queryClient]);

  const polling = status !== "pending" && (balance?.held ?? 0) > 0;
  useEffect(() => {
    if (!polling) return;
    const refresh = () => {
      void queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
      void queryClient.invalidateQueries(trpc.credits.pathFilter());
    };
    const timer = window.setInterval(refresh, pollMs);
    return () => window.clearInterval(timer);
  }, [polling, queryClient]);
}
