import type { BillingCatalogue, BillingPreferences } from "../../lib/api-types.ts";
import { centsOf, dollarsOf } from "./dollars.ts";

/** As typed. */
export type TopUpFields = { threshold: string; packCode: string; cap: string };
export const fieldNames = ["threshold", "packCode", "cap"] as const;
type Packs = BillingCatalogue["packs"];
type Settings = { thresholdCredits: number; packCode: string; monthlyCapCents: number };

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
): { settings: Settings | null; wrong: { threshold: boolean; cap: boolean } } {
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
