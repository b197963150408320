import { jobIdInput, listJobsInput, quoteInput, submitJobInput } from "@tintype/core/jobs";
import { watchInput } from "@tintype/core/live";
import { cancelJob } from "@tintype/services/jobs/cancel-job";
import { getJob } from "@tintype/services/jobs/get-job";
import { getReceipt } from "@tintype/services/jobs/get-receipt";
import { listJobs } from "@tintype/services/jobs/list-jobs";
import { quoteJob } from "@tintype/services/jobs/quote-job";
import { submitJob } from "@tintype/services/jobs/submit-job";
import { watchLive } from "@tintype/services/live/watch-live";
import { tracked } from "@trpc/server";
import { router, sessionProcedure, userProcedure, withProblems } from "../trpc.ts";

export const jobsRouter = router({
  quote: userProcedure.input(quoteInput).query(({ ctx, input }) => quoteJob(ctx, input)),
  submit: userProcedure.input(submitJobInput).mutation(({ ctx, input }) => submitJob(ctx, input)),
  get: userProcedure.input(jobIdInput).query(({ ctx, input }) => getJob(ctx, input)),
  list: userProcedure.input(listJobsInput).query(({ ctx, input }) => listJobs(ctx, input)),
  cancel: userProcedure.input(jobIdInput).mutation(({ ctx, input }) => cancelJob(ctx, input)),
  receipt: userProcedure.input(jobIdInput).query(({ ctx, input }) => getReceipt(ctx, input)),
  watch: sessionProcedure.input(watchInput).subscription(async function* ({ ctx, input, signal }) {
    let messages = 0;
    const ended = signal ?? new AbortController().signal;
    for await (const event of withProblems(watchLive(ctx, input, ended))) {
      messages += 1;
      yield tracked(`${ctx.now().getTime()}-${messages}`, event);
    }
  }),
});
