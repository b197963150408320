import type { Balance, BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { centsOf, dollarsOf } from "./dollars.ts";

/** As typed. */
export type TopUpFields = { threshold: string; packCode: string; cap: string };
export const fieldNames = ["threshold", "packCode", "cap"] as const;
type Packs = BillingCatalogue["packs"];
export type TopUpSettings = { thresholdCredits: number; packCode: string; monthlyCapCents: number };

/** What is kept, or else a careful beginning: the first pack, twice a month. */
export function topUpFields(kept: BillingPreferences["topUp"], packs: Packs): TopUpFields {
  const first = packs.find(({ code }) => code === kept.packCode) ?? packs[0];
  const cap = kept.monthlyCapCents ?? 2 * (first?.priceCents ?? 0);
  return {
    threshold: String(kept.thresholdCredits ?? Math.max(1, Math.floor((first?.credits ?? 0) / 10))),
    packCode: first?.code ?? "",
    cap: dollarsOf(cap),
  };
}

/** @returns null for settings that the server would refuse, with which field is to blame */
export function readTopUp(
  { threshold, packCode, cap }: TopUpFields,
  limits: BillingPreferences["limits"],
  packs: Packs,
): { settings: TopUpSettings | null; wrong: { threshold: boolean; cap: boolean } } {
  const thresholdCredits = /^\d{1,9}$/.test(threshold.trim()) ? Number(threshold) : 0;
  const monthlyCapCents = centsOf(cap) ?? 0;
  const least = packs.find(({ code }) => code === packCode)?.priceCents ?? 0;
  const wrong = {
    threshold: thresholdCredits < 1 || thresholdCredits > limits.topUpThresholdCredits,
    cap: monthlyCapCents < Math.max(100, least) || monthlyCapCents > limits.topUpCapCents,
  };
  const isFine = !wrong.threshold && !wrong.cap;
  return { settings: isFine ? { thresholdCredits, packCode, monthlyCapCents } : null, wrong };
}

type Moment = {
  settings: TopUpSettings;
  pack: Packs[number];
  preferences: Pick<BillingPreferences, "topUp" | "spendScope">;
  balance: Pick<Balance, "available" | "owed">;
};

/** Whether these settings, once saved, make the server buy without waiting for another job: its own rule, as seen from here. */
export function buysAtOnce({ settings, pack, preferences, balance }: Moment): boolean {
  const { topUp, spendScope } = preferences;
  const usesPacks = spendScope === "all" || spendScope === "all_and_overage";
  return (
    usesPacks &&
    !topUp.isBuying &&
    balance.owed === 0 &&
    balance.available < settings.thresholdCredits &&
    topUp.spentCents + pack.priceCents <= settings.monthlyCapCents
  );
}
