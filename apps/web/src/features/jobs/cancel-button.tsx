import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Job } from "../../lib/api-types.ts";
import { withJob } from "../../lib/live-cache.ts";
import { jobsQuery } from "../../lib/queries.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";

/** Cancelling has a price, often none; it is said before, not after. */
export function CancelButton({ job }: { job: Job }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation(
    trpc.jobs.cancel.mutationOptions({
      onSuccess: (next) => {
        setAsking(false);
        queryClient.setQueryData(jobsQuery().queryKey, (pages) => withJob(pages, next));
        void queryClient.invalidateQueries(trpc.credits.pathFilter());
      },
    }),
  );
  // Before a worker has taken the job a cancel is always free.
  const fee = job.startedAt === null ? 0 : job.cancelFeeCredits;
  const back = t("units.credits", { count: job.credits - fee });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={job.cancelRequested}
        onClick={() => setAsking(true)}
      >
        {t("jobs.cancel.button")}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t("jobs.cancel.title")}
        text={
          fee === 0
            ? t("jobs.cancel.free", { back })
            : t("jobs.cancel.fee", { back, fee: t("units.credits", { count: fee }) })
        }
        confirm={t("jobs.cancel.confirm")}
        keep={t("jobs.cancel.keep")}
        loading={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ jobId: job.id })}
        onClose={() => {
          setAsking(false);
          cancel.reset();
        }}
      />
    </>
  );
}
