import type { SubscriptionStatus } from "./billing.ts";

export type SubscriptionState = {
  planCode: string;
  interval: "month" | "year";
  status: SubscriptionStatus;
  periodStart: Date;
  periodEnd: Date;
  cancelAtPeriodEnd: boolean;
  nextPlanCode: string | null;
  stateAt: Date;
};

/**
 * Which of two states of a subscription counts. Cancelled is the end: nothing comes after it. Otherwise the newer
 * one; two of the same second (the provider counts no finer) are told apart by what they say, so that the order of
 * arrival decides in no case.
 */
export function isNewerState(state: SubscriptionState, known: SubscriptionState): boolean {
  const ended = Number(state.status === "cancelled") - Number(known.status === "cancelled");
  const age = state.stateAt.getTime() - known.stateAt.getTime();
  const period = state.periodEnd.getTime() - known.periodEnd.getTime();
  return (ended || age || period || (wordsOf(state) > wordsOf(known) ? 1 : -1)) > 0;
}

const wordsOf = (state: SubscriptionState): string =>
  [
    state.status,
    state.planCode,
    state.interval,
    state.periodStart.toISOString(),
    state.cancelAtPeriodEnd,
    state.nextPlanCode,
  ].join(" ");
