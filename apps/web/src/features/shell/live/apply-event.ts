import type { QueryClient } from "@tanstack/react-query";
import { hasEnded } from "@tintype/core/jobs";
import type { Balance, Job, LiveEvent } from "../../../lib/api-types.ts";
import { newer, withJob } from "../../../lib/live-cache.ts";
import { balanceQuery, jobsQuery } from "../../../lib/queries.ts";
import { trpc } from "../../../lib/trpc.ts";
import { refresh } from "./refresh.ts";

/**
 * Of the billing, what our own books know and a movement of credits may show in. For the rest the payment provider would
 * be asked at every beginning and end of a job.
 */
const changedByCredits = () => {
  const { history, wallet } = trpc.credits;
  const { catalogue, checkoutStatus, openDisputes, preferences, payments } = trpc.billing;
  return [history, wallet, catalogue, checkoutStatus, openDisputes, preferences, payments];
};

/** What the provider knows, too: the next bill, the invoices, the card. And what may be spent beyond the wallet. */
const changedByBilling = () => {
  const { subscription, invoices, card } = trpc.billing;
  return [...changedByCredits(), subscription, invoices, card, trpc.jobs.quote];
};

/** @returns what puts each state the stream tells into the cache that the pages show */
export function eventApplier(queryClient: QueryClient): (event: LiveEvent) => void {
  let billingVersion: string | undefined;

  const showBalance = (next: Balance) => {
    const known = queryClient.getQueryData(balanceQuery().queryKey);
    queryClient.setQueryData(balanceQuery().queryKey, newer(known, next));
    if (known?.version === next.version) return;
    // Another version is another line of the history, other buckets, and often another payment or invoice.
    for (const part of changedByCredits()) refresh(queryClient, part);
  };
  const showJob = (job: Job) => {
    queryClient.setQueryData(jobsQuery().queryKey, (pages) => withJob(pages, job));
    if (!hasEnded(job.status)) return;
    for (const part of [trpc.assets.list, trpc.credits.receipt, trpc.jobs.receipt]) {
      refresh(queryClient, part);
    }
  };
  const showBilling = (version: string) => {
    const known = billingVersion;
    billingVersion = version;
    // The first is the state that the page was loaded with.
    if (known === undefined || known === version) return;
    for (const part of changedByBilling()) refresh(queryClient, part);
  };
  return (event) => {
    if (event.type === "job") showJob(event.job);
    if (event.type === "balance") showBalance(event.balance);
    if (event.type === "billing") showBilling(event.version);
  };
}
