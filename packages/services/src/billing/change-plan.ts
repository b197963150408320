import type {
  ChangedPlan,
  ChangePlanInput,
  ChangePreview,
  PreviewChangeInput,
} from "@tintype/core/billing-inputs";
import { PREVIEW_MAX_AGE_MS } from "@tintype/core/billing-inputs";
import type { Plan } from "@tintype/core/catalogue";
import { DomainError } from "@tintype/core/problems";
import type { ChangeResult } from "@tintype/integrations/payments/payments";
import { listPlansAndPacks } from "../catalogue/catalogue.ts";
import type { UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { bookBillingEvents } from "./book-billing-events.ts";
import { creditsOfUpgrade } from "./credits-to-come.ts";
import { findCurrentSubscription, readPlan, type SubscriptionRow } from "./get-subscription.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";

type Context = PaymentContext<UserActor>;
/** @throws DomainError (all of these) payments_unavailable, subscription_not_found, product_unavailable, plan_unchanged, plan_paused */
export async function previewChange(
  ctx: Context,
  { planCode }: PreviewChangeInput,
): Promise<ChangePreview> {
  const payments = paymentsOf(ctx);
  const { current, from, plan, isUpgrade } = await readChange(ctx, planCode);
  // The provider counts in whole seconds, and so does the grant: credits are promised from the same moment.
  const previewedAt = new Date(Math.floor(ctx.now().getTime() / 1_000) * 1_000);
  const { priceCents } = plan;
  if (!isUpgrade) {
    const effectiveAt = current.periodEnd;
    return {
      begins: "period_end",
      effectiveAt,
      dueNowCents: 0,
      creditsNow: 0,
      priceCents,
      previewedAt,
    };
  }
  const change = { subscription: current.reference, plan, at: previewedAt };
  const [{ amountCents }, creditsNow] = await Promise.all([
    payments.previewUpgrade(change),
    readAsUser(ctx, (tx) => creditsOfUpgrade(tx, current, { from, to: plan, at: previewedAt })),
  ]);
  return {
    ...{ begins: "now", effectiveAt: previewedAt, dueNowCents: amountCents, creditsNow },
    ...{ priceCents, previewedAt },
  };
}

/**
 * Up at once and paid at once, at the price of the preview; down, or from month to year, when the paid period is over.
 * @throws DomainError preview_expired, plan_unchanged, plan_paused, product_unavailable, subscription_not_found, request_id_reused
 */
export async function changePlan(
  ctx: Context,
  { planCode, previewedAt, requestId }: ChangePlanInput,
): Promise<ChangedPlan> {
  const payments = paymentsOf(ctx);
  const age = ctx.now().getTime() - previewedAt.getTime();
  if (age < 0 || age > PREVIEW_MAX_AGE_MS) throw new DomainError({ code: "preview_expired" });
  const { current, plan, isUpgrade } = await readChange(ctx, planCode);
  // Renewed since it was shown: the rest of another period costs something else.
  if (previewedAt < current.periodStart) throw new DomainError({ code: "preview_expired" });
  const change = { subscription: current.reference, plan, at: previewedAt };
  const result = isUpgrade
    ? await payments.upgrade(change, requestId)
    : await payments.changeAtPeriodEnd(change, requestId);
  return bookChange(ctx, current, result);
}

/** The plan ends with the paid period. @throws DomainError payments_unavailable, subscription_not_found */
export async function cancelPlan(ctx: Context): Promise<ChangedPlan> {
  const payments = paymentsOf(ctx);
  const current = await currentOf(ctx);
  return bookChange(ctx, current, await payments.cancelAtPeriodEnd(current.reference));
}

/** Takes back what was planned for the period's end. @throws DomainError payments_unavailable, subscription_not_found */
export async function resumePlan(ctx: Context): Promise<ChangedPlan> {
  const payments = paymentsOf(ctx);
  const current = await currentOf(ctx);
  return bookChange(ctx, current, await payments.resume(current.reference));
}

export async function currentOf(ctx: Context): Promise<SubscriptionRow> {
  const current = await readAsUser(ctx, (db) => findCurrentSubscription({ ...ctx, db }));
  if (!current) throw new DomainError({ code: "subscription_not_found" });
  return current;
}

async function readChange(ctx: Context, planCode: string) {
  const current = await currentOf(ctx);
  // Its bills are cancelled as they come: a larger plan would be for nothing.
  if (current.status === "paused") throw new DomainError({ code: "plan_paused" });
  if (current.planCode === planCode) throw new DomainError({ code: "plan_unchanged", planCode });
  const { plans } = await listPlansAndPacks(ctx.db);
  const plan = plans.find(({ code }) => code === planCode);
  if (!plan) throw new DomainError({ code: "product_unavailable", productCode: planCode });
  const from = await readPlan(ctx, current.planCode);
  return { current, from, plan, isUpgrade: isUpgrade(from, plan) };
}

/** Between month and year nothing changes in the middle: a year would give the same days two allowances. */
const isUpgrade = (from: Plan, to: Plan): boolean =>
  from.interval === to.interval && to.priceCents > from.priceCents;

/**
 * Shown at once; the provider's own word comes by webhook and finds it known.
 * @param before what was known when the provider was asked: the answer is newer, even if the provider's clock is ahead
 */
export async function bookChange(
  ctx: Context,
  before: SubscriptionRow,
  { state, payUrl }: ChangeResult,
): Promise<ChangedPlan> {
  if (state.userId !== ctx.actor.userId) throw new Error("the provider answered for somebody else");
  const newest = Math.max(state.stateAt.getTime(), before.stateAt.getTime() + 1);
  const answered = { ...state, stateAt: new Date(newest) };
  await ctx.db.transaction((tx) => bookBillingEvents(ctx, tx, [answered]));
  ctx.signals.userChanged(state.userId);
  return { payUrl };
}
