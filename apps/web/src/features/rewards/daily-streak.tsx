import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ProblemNote } from "../../components/problem-note.tsx";
import section from "../../components/section.module.css";
import { trpc } from "../../lib/trpc.ts";
import { useTranslation } from "../../lib/use-translation.ts";

/** Credits for coming back: today's, and how many days it has been. */
export function DailyStreak() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const streak = useQuery(trpc.rewards.streak.queryOptions());
  const claim = useMutation(
    trpc.rewards.claimStreak.mutationOptions({
      // Also when it was refused: another tab may have claimed it.
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.rewards.streak.pathFilter()),
          queryClient.invalidateQueries(trpc.credits.pathFilter()),
        ]),
    }),
  );
  if (streak.error && !streak.data) {
    return <ProblemNote error={streak.error} onRetry={streak.refetch} />;
  }
  if (!streak.data) return <Skeleton h={137} radius={16} />;
  const { days, credits, nextAt } = streak.data;
  if (credits === 0) return null;
  return (
    <section className={section.card}>
      <h2 className={section.name}>{t("rewards.streak.title")}</h2>
      <p className={section.text} aria-live="polite">
        {days > 0 ? t("rewards.streak.days", { count: days }) : t("rewards.streak.none")}{" "}
        {nextAt !== null && t("rewards.streak.next", { at: new Date(nextAt) })}
      </p>
      <Button
        className={section.start}
        disabled={nextAt !== null}
        loading={claim.isPending}
        onClick={() => claim.mutate()}
      >
        {t("rewards.streak.claim", { credits: t("units.credits", { count: credits }) })}
      </Button>
      <ProblemNote error={claim.error} />
    </section>
  );
}
