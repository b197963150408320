import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Job, QuoteOffer } from "../../lib/api-types.ts";
import { type Draft, forgetSubmission, startNextDraft, submissionFor } from "../../lib/draft.ts";
import { toSettings } from "../../lib/draft-settings.ts";
import { withJob } from "../../lib/live-cache.ts";
import { problemOf } from "../../lib/problem.ts";
import { jobsQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";

/** After these the wallet, the limit or the price is not what the button said. */
const moneyCodes = /^(price_changed|insufficient_credits|wallet_restricted|plan_past_due|overage_)/;

/** Sends the draft at the price that was shown. Pressing twice, or again after a lost reply, is one job. */
export function useSubmit(userId: string, draft: Draft, onAccepted: (job: Job) => void) {
  const queryClient = useQueryClient();
  const submission = useMutation(
    trpc.jobs.submit.mutationOptions({
      onSuccess: (job) => {
        queryClient.setQueryData(jobsQuery().queryKey, (pages) => withJob(pages, job));
        void queryClient.invalidateQueries(trpc.credits.pathFilter());
        startNextDraft(userId);
        onAccepted(job);
      },
      onError: (error) => {
        const code = problemOf(error)?.code ?? "";
        const isAboutMoney = moneyCodes.test(code);
        // There is no job of this id, so the next press may agree to another amount under a new one.
        if (isAboutMoney) forgetSubmission(userId);
        if (isAboutMoney || code === "price_unavailable") {
          void queryClient.invalidateQueries(trpc.jobs.quote.pathFilter());
          void queryClient.invalidateQueries(trpc.credits.pathFilter());
        }
      },
    }),
  );

  const submit = ({ priceId, credits }: QuoteOffer, centsBeyond: number) => {
    if (draft.assetId === null || submission.isPending) return;
    const request = {
      inputAssetId: draft.assetId,
      settings: toSettings(draft.settings),
      priceId,
      credits,
    };
    const { jobId: id, overageCents } = submissionFor(userId, JSON.stringify(request), centsBeyond);
    submission.mutate({ id, ...request, overageCents });
  };
  return {
    submit,
    error: submission.error,
    isPending: submission.isPending,
    reset: submission.reset,
  };
}
