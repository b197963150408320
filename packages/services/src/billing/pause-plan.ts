import type { ChangedPlan, PauseInput, UnpauseInput } from "@tintype/core/billing-inputs";
import { DomainError } from "@tintype/core/problems";
import type { UserActor } from "../context.ts";
import { readAsUser } from "../read-as-user.ts";
import { bookChange, currentOf } from "./change-plan.ts";
import { canPause, isPeriodPaid, type SubscriptionRow } from "./get-subscription.ts";
import { type PaymentContext, paymentsOf } from "./payment-context.ts";

type Context = PaymentContext<UserActor>;

/**
 * What is paid for stays until its end; after it nothing is billed and nothing comes until the plan goes on.
 * @throws DomainError plan_not_pausable, payments_unavailable, subscription_not_found
 */
export async function pausePlan(ctx: Context, { requestId }: PauseInput): Promise<ChangedPlan> {
  const payments = paymentsOf(ctx);
  const current = await currentOf(ctx);
  if (current.status === "paused") return { payUrl: null };
  const isPaid = await isPaidNow(ctx, current);
  // A renewal whose bill is on its way would be paid for, or cancelled with what stands on it: nobody could say which.
  if (!canPause(current, isPaid)) throw new DomainError({ code: "plan_not_pausable" });
  return bookChange(ctx, current, await payments.pause(current.reference, requestId));
}

/**
 * Within the period that is paid as if nothing had been; after it a new period begins today, and is paid today.
 * @throws DomainError preview_expired (the paid period has ended since the page was opened, and nobody has agreed to pay),
 * payments_unavailable, subscription_not_found
 */
export async function unpausePlan(
  ctx: Context,
  { requestId, agreesToPay }: UnpauseInput,
): Promise<ChangedPlan> {
  const payments = paymentsOf(ctx);
  const current = await currentOf(ctx);
  if (current.status !== "paused") return { payUrl: null };
  const isPaid = await isPaidNow(ctx, current);
  if (!isPaid && !agreesToPay) throw new DomainError({ code: "preview_expired" });
  const result = await payments.unpause(current.reference, !isPaid, requestId);
  return bookChange(ctx, current, result);
}

const isPaidNow = (ctx: Context, current: SubscriptionRow): Promise<boolean> =>
  readAsUser(ctx, (db) => isPeriodPaid({ ...ctx, db }, current));
