import { SMALLEST_INVOICE_CENTS } from "@tintype/core/billing";
import section from "../../components/section.module.css";
import type { BillingCatalogue, BillingPreferences, Subscription } from "../../lib/api-types.ts";
import { formatCents } from "../../lib/format.ts";
import type { Translate } from "../../lib/translate.ts";
import { useTranslation } from "../../lib/use-translation.ts";
import { AskAgain } from "./ask-again.tsx";
import { preferencesQuery, subscriptionQuery } from "./billing-queries.ts";
import { usePreferences } from "./use-preferences.ts";

type Props = { subscription: Subscription | null; catalogue: BillingCatalogue };

/** What will be asked for without anybody pressing a button, and when: the plan, and what went beyond the wallet. */
export function NextBill({ subscription, catalogue }: Props) {
  const { t } = useTranslation();
  const { data: preferences, error } = usePreferences();
  const bill = subscription?.nextBill;
  const overage = preferences?.upcomingOverage ?? null;
  // What waits on the plan's bill is in its amount; for the hour in which a renewal is written it is not any more.
  const mayInclude = bill && bill.amountCents > nextPriceCents(subscription, catalogue);
  const others = preferences ? otherLines(t, preferences, mayInclude === true) : [];
  const isUnknown = subscription?.isNextBillKnown === false;
  // That nothing is to be paid is said only where all that could cost something is known.
  const isNone = preferences && !bill && !overage && !isUnknown;
  return (
    <section className={section.row} aria-labelledby="next-bill">
      <div>
        <h2 id="next-bill" className={section.name}>
          {t("billing.nextBill.title")}
        </h2>
        {bill && (
          <p className={section.fact}>
            {t("billing.nextBill.at", {
              amount: formatCents(t, bill.amountCents),
              date: new Date(bill.at),
            })}
          </p>
        )}
        {isUnknown && <AskAgain text={t("billing.nextBill.unknown")} query={subscriptionQuery()} />}
        {!preferences && error && (
          <AskAgain text={t("billing.nextBill.limitsUnknown")} query={preferencesQuery()} />
        )}
        {isNone && (
          <p className={section.text}>
            {t("billing.nextBill.none")}{" "}
            {!buysByItself(preferences) && t("billing.nextBill.noneText")}
          </p>
        )}
        {others.map((line) => (
          <p key={line} className={section.text}>
            {line}
          </p>
        ))}
      </div>
    </section>
  );
}

/** The next bill is of the plan that begins with it, should another be planned. */
function nextPriceCents({ plan, nextPlanCode }: Subscription, { plans }: BillingCatalogue): number {
  const planned = plans.find(({ code }) => code === nextPlanCode);
  return (planned ?? plan).priceCents;
}

/** After a decline nothing is bought before it is turned on again. */
const buysByItself = ({ topUp }: BillingPreferences): boolean =>
  topUp.enabled && topUp.pausedBecause === null;

/** What is not the plan's price, one sentence each. */
function otherLines(t: Translate, preferences: BillingPreferences, mayInclude: boolean): string[] {
  const { upcomingOverage: overage, topUp } = preferences;
  const lines: string[] = [];
  if (overage) {
    const { cents, heldCents, onNextBillCents, isWithPlan, isTooSmall } = overage;
    if (mayInclude && onNextBillCents > 0) {
      lines.push(t("billing.nextBill.included", { amount: formatCents(t, onNextBillCents) }));
    }
    const amount = formatCents(t, cents);
    const date = new Date(overage.at);
    if (cents + heldCents > 0) {
      if (isTooSmall) {
        const least = formatCents(t, SMALLEST_INVOICE_CENTS);
        lines.push(t("billing.nextBill.small", { amount, least }));
      } else if (isWithPlan) lines.push(t("billing.nextBill.withPlan", { amount, date }));
      else lines.push(t("billing.nextBill.alone", { amount, date }));
    }
    if (heldCents > 0) {
      lines.push(t("billing.nextBill.held", { amount: formatCents(t, heldCents) }));
    }
  }
  if (buysByItself(preferences) && topUp.monthlyCapCents !== null) {
    lines.push(t("billing.nextBill.topUp", { limit: formatCents(t, topUp.monthlyCapCents) }));
  }
  return lines;
}
