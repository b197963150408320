import { z } from "zod";
import { paymentKinds, subscriptionStatuses } from "./billing.ts";

/**
 * What the payment provider tells us, in our own words. Each event carries a state ("refunded so far", "the
 * subscription as of"), never a difference, so it may come twice, in any order and weeks late. Money is whole cents
 * of US dollars; references are the provider's names for things and mean nothing to us.
 */
const reference = z.string().min(1).max(200);
const cents = z.int().min(0);
const userId = z.uuid();
/** Becomes a link on our pages: `javascript:` is an address as well. */
const webAddress = z.url({ protocol: /^https?$/ });
const productCode = z.string().min(1).max(100);

/** The payment itself, as it stands in every event about it: whichever comes first tells us all of it. */
const payment = z.object({
  reference,
  kind: z.enum(paymentKinds),
  /** Code of the pack or plan; null where no product stands behind it or the event does not know it. */
  productCode: productCode.nullable(),
  paidCents: cents,
  paidAt: z.date(),
  /** Where the provider shows it as an invoice; not every event knows. */
  invoiceUrl: webAddress.nullable().optional(),
});

const period = { periodStart: z.date(), periodEnd: z.date() };
const isInOrder = (event: { periodStart: Date; periodEnd: Date }) =>
  event.periodEnd > event.periodStart;

/** Money has arrived. `credits` is what the buyer was promised at the checkout: 0 for plans and overage. */
const paymentSettled = z.object({
  type: z.literal("payment_settled"),
  userId,
  payment,
  credits: z.int().min(0),
});

/** How much has been refunded of a payment as of `at`, all refunds together; less than before if one has failed. */
const paymentRefunded = z.object({
  type: z.literal("payment_refunded"),
  userId,
  payment,
  refundedCents: cents,
  at: z.date(),
  /** When the refund that this is about was ordered here; absent where it is about none of ours, or names none. */
  orderedAt: z.date().optional(),
});

/** A payment can be disputed more than once, each time about a part of it: every event says which dispute it is. */
const disputeOpened = z.object({
  type: z.literal("dispute_opened"),
  userId,
  dispute: reference,
  payment,
  disputedCents: cents,
  at: z.date(),
});

const disputeClosed = z.object({
  type: z.literal("dispute_closed"),
  userId,
  dispute: reference,
  payment,
  disputedCents: cents,
  outcome: z.enum(["won", "lost"]),
  at: z.date(),
});

/** A new period of a plan is paid: the first one or a renewal. A year's allowance comes month by month. */
const periodPaid = z
  .object({
    type: z.literal("period_paid"),
    userId,
    /** The invoice line: an allowance is granted once per line and month. */
    line: reference,
    subscription: reference,
    planCode: productCode,
    ...period,
    lineCents: cents,
    payment,
  })
  .refine(isInOrder, "a period ends after it begins");

/**
 * A change to a larger plan in the middle of a period is paid (the invoice's reason is the change itself; a renewal
 * that carries prorations along is a `period_paid`). The period is the whole one, `changedAt` lies in it.
 */
const upgradePaid = z
  .object({
    type: z.literal("upgrade_paid"),
    userId,
    line: reference,
    subscription: reference,
    planCode: productCode,
    previousPlanCode: productCode,
    ...period,
    changedAt: z.date(),
    lineCents: cents,
    payment,
  })
  .refine(isInOrder, "a period ends after it begins")
  .refine(
    (event) => event.changedAt >= event.periodStart && event.changedAt < event.periodEnd,
    "a change lies in its period",
  );

/** The whole state of a subscription as of `stateAt`: the newest one counts, not the last one to arrive. */
const subscriptionChanged = z
  .object({
    type: z.literal("subscription_changed"),
    userId,
    subscription: reference,
    planCode: productCode,
    interval: z.enum(["month", "year"]),
    status: z.enum(subscriptionStatuses),
    ...period,
    cancelAtPeriodEnd: z.boolean(),
    nextPlanCode: productCode.nullable(),
    stateAt: z.date(),
  })
  .refine(isInOrder, "a period ends after it begins");

/** An invoice that waits for its money, as of the failure. */
const unpaidInvoice = z.object({
  reference,
  amountDueCents: cents,
  /** How often it was tried. */
  attempts: z.int().min(0),
  /** Null: it will not be tried again by itself. */
  nextAttemptAt: z.date().nullable(),
  /** Where a person can pay it. */
  payUrl: webAddress.nullable(),
  /** Our bills for overage that stand on it. */
  overageBills: z.array(z.uuid()).max(100).optional(),
});

/** A charge was declined. No credits move; the plan's own state (`past_due`) comes as `subscription_changed`. */
const paymentFailed = z.object({
  type: z.literal("payment_failed"),
  userId,
  subscription: reference.nullable(),
  /** Absent for a payment without an invoice: a pack that was not bought needs no second attempt. */
  invoice: unpaidInvoice.optional(),
  at: z.date(),
});

/**
 * The provider has drawn up the invoice for a plan's next period and will leave it a draft for about an hour. Nothing
 * is paid by it; it is the moment to collect, so that the new allowance does not wait for that hour.
 */
const renewalDrafted = z.object({
  type: z.literal("renewal_drafted"),
  userId,
  subscription: reference,
  invoice: reference,
  at: z.date(),
});

/** A bank debit for an invoice is under way: it takes days, and may still be declined. */
const paymentProcessing = z.object({
  type: z.literal("payment_processing"),
  userId,
  subscription: reference,
  invoice: reference,
  amountDueCents: cents,
  at: z.date(),
});

/** Nothing is waited for any more: the invoice was paid, cancelled or given up. */
const invoiceClosed = z.object({
  type: z.literal("invoice_closed"),
  userId,
  invoice: reference,
  /** Our bills on an invoice that was cancelled: nobody asks for them any more. */
  forgivenBills: z.array(z.uuid()).max(100).optional(),
  at: z.date(),
});

/** Bills of ours for overage were paid, alone or with a plan. */
const overagePaid = z.object({
  type: z.literal("overage_paid"),
  userId,
  bills: z.array(z.uuid()).min(1).max(100),
  payment,
});

/** The provider no longer knows the customer: his plans have ended. What was granted stays. */
const customerDeleted = z.object({
  type: z.literal("customer_deleted"),
  userId,
  /** The customer who is gone; absent where the provider did not say. */
  customer: reference.optional(),
  at: z.date(),
});

export const billingEvent = z.discriminatedUnion("type", [
  paymentSettled,
  paymentRefunded,
  disputeOpened,
  disputeClosed,
  periodPaid,
  upgradePaid,
  subscriptionChanged,
  paymentFailed,
  renewalDrafted,
  paymentProcessing,
  invoiceClosed,
  overagePaid,
  customerDeleted,
]);
export type BillingEvent = z.infer<typeof billingEvent>;
export type BillingEventOf<Type extends BillingEvent["type"]> = Extract<
  BillingEvent,
  { type: Type }
>;
export type PaymentFacts = z.infer<typeof payment>;
