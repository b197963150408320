import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Note } from "../../components/note.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import { newId } from "../../lib/new-id.ts";
import { problemOf } from "../../lib/problem.ts";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { AskAgain } from "./ask-again.tsx";
import { refreshMoney, subscriptionQuery } from "./billing-queries.ts";
import type { PlanNews } from "./plan-news.ts";
import { useLeaving } from "./use-leaving.ts";

type Props = { subscription: Subscription; onNews: (news: PlanNews) => void };

/** What a pause means today, and the way on with its price on the button. */
export function PausedPlan({ subscription, onNews }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const requestId = useRef(newId());
  const { leave, isLeaving } = useLeaving();
  const { plan, periodEnd, resumeCents, isPaid } = subscription;
  const resume = useMutation(
    trpc.billing.unpause.mutationOptions({
      onSuccess: async ({ payUrl }) => {
        requestId.current = newId();
        if (payUrl) return leave(payUrl);
        await refreshMoney(queryClient);
        onNews({ kind: "resumed" });
      },
      // The paid month has ended since this was opened: what it costs now is shown before anything is charged.
      onError: async (error) => {
        if (problemOf(error)?.code !== "preview_expired") return;
        await queryClient.invalidateQueries(subscriptionQuery());
      },
    }),
  );
  const means = isPaid
    ? t("billing.paused.paid", { date: new Date(periodEnd) })
    : t("billing.paused.unpaid");
  const costs = isPaid
    ? t("billing.paused.resumePaid")
    : t("billing.paused.resumeUnpaid", { count: plan.allowanceCredits });
  return (
    <Note tone="calm" title={t("billing.paused.title")} text={`${means} ${costs}`}>
      {resumeCents === null ? (
        <AskAgain text={t("billing.nextBill.unknown")} query={subscriptionQuery()} />
      ) : (
        <Button
          size="sm"
          loading={resume.isPending || isLeaving}
          onClick={() => resume.mutate({ requestId: requestId.current, agreesToPay: !isPaid })}
        >
          {isPaid
            ? t("billing.paused.resume")
            : t("billing.paused.resumeFor", { amount: formatCents(t, resumeCents) })}
        </Button>
      )}
      <ProblemNote error={resume.error} />
    </Note>
  );
}
