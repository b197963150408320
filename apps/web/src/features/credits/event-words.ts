import type { CreditAccount, CreditEventKind } from "@tintype/core/credits";
import type { CreditEvent } from "../../lib/api-types.ts";
import type { Translate } from "../../lib/translate.ts";

type Event = Pick<CreditEvent, "kind" | "source">;

/** Credits beyond the wallet come and go with a job; the words for gifts and expiry would mislead. */
const overageKind = ({ kind, source }: Event): "grant" | "expire" | null =>
  source === "overage" && (kind === "grant" || kind === "expire") ? kind : null;

export function titleOf(t: Translate, event: Event): string {
  const overage = overageKind(event);
  return overage ? t(`overageEvents.${overage}.title`) : t(`creditEvents.${event.kind}`);
}

export function explanationOf(t: Translate, event: Event): string {
  const overage = overageKind(event);
  return overage ? t(`overageEvents.${overage}.text`) : t(`creditExplanations.${event.kind}`);
}

/** The ledger books what support takes, and what a period's end carries over, to where expired credits are. */
export function placeOf(t: Translate, kind: CreditEventKind, account: CreditAccount): string {
  if (account === "expired" && kind === "adjustment") return t("creditAccounts.reversed");
  if (account === "expired" && kind === "rollover") return t("receipt.carriedOver");
  return t(`creditAccounts.${account}`);
}
