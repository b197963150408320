import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Job, QuoteOffer } from "../../lib/api-types.ts";
import { type Draft, jobIdFor, startNextDraft } from "../../lib/draft.ts";
import { toSettings } from "../../lib/draft-settings.ts";
import { withJob } from "../../lib/live-cache.ts";
import { problemOf } from "../../lib/problem.ts";
import { jobsQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";

/** Sends the draft at the price that was shown. Pressing twice, or again after a lost reply, is one job. */
export function useSubmit(userId: string, draft: Draft, onAccepted: (job: Job) => void) {
  const queryClient = useQueryClient();
  const askPriceAgain = () => queryClient.invalidateQueries(trpc.jobs.quote.pathFilter());
  const submission = useMutation(
    trpc.jobs.submit.mutationOptions({
      onSuccess: (job) => {
        queryClient.setQueryData(jobsQuery().queryKey, (pages) => withJob(pages, job));
        void queryClient.invalidateQueries(trpc.credits.pathFilter());
        startNextDraft(userId);
        onAccepted(job);
      },
      onError: (error) => {
        const code = problemOf(error)?.code;
        if (code === "price_changed" || code === "price_unavailable") void askPriceAgain();
        if (code === "insufficient_credits") {
          void queryClient.invalidateQueries(trpc.credits.pathFilter());
        }
      },
    }),
  );

  const submit = ({ priceId, credits }: QuoteOffer) => {
    if (draft.assetId === null || submission.isPending) return;
    const request = {
      inputAssetId: draft.assetId,
      settings: toSettings(draft.settings),
      priceId,
      credits,
    };
    submission.mutate({ id: jobIdFor(userId, JSON.stringify(request)), ...request });
  };
  return {
    submit,
    error: submission.error,
    isPending: submission.isPending,
    reset: submission.reset,
  };
}
