import type { Stripe } from "stripe";
import { idOrNull, listOf, type World } from "../core/world.ts";
import type { AskedItem } from "./subscription-items.ts";

export type PaymentBehavior =
  | "allow_incomplete"
  | "default_incomplete"
  | "error_if_incomplete"
  | "pending_if_incomplete";

export type NewSubscription = {
  customer: Stripe.Customer;
  items: AskedItem[];
  paymentBehavior?: PaymentBehavior;
  /** Seconds since 1970. */
  trialEnd?: number | null;
  anchor?: number | null;
} & Partial<
  Pick<
    Stripe.Subscription,
    | "metadata"
    | "default_payment_method"
    | "description"
    | "collection_method"
    | "days_until_due"
    | "trial_settings"
    | "payment_settings"
    | "cancel_at_period_end"
    | "cancel_at"
    | "schedule"
  >
>;

export function unstarted(world: World, asked: NewSubscription): Stripe.Subscription {
  const { customer, items: _, paymentBehavior: __, trialEnd, anchor, ...rest } = asked;
  const clock = idOrNull(customer.test_clock);
  const now = world.now(clock);
  return {
    ...UNADORNED,
    id: world.id("sub"),
    billing_cycle_anchor: trialEnd ?? anchor ?? now,
    created: now,
    customer: customer.id,
    items: listOf<Stripe.SubscriptionItem>([], ""),
    start_date: now,
    status: trialEnd ? "trialing" : "incomplete",
    test_clock: clock,
    trial_end: trialEnd ?? null,
    trial_start: trialEnd ? now : null,
    ...rest,
  };
}

const UNADORNED = {
  object: "subscription",
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" },
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  collection_method: "charge_automatically",
  currency: "usd",
  customer_account: null,
  days_until_due: null,
  default_payment_method: null,
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: "self" },
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  metadata: {},
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: "off",
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  transfer_data: null,
  trial_settings: {
    end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" },
  },
} satisfies Partial<Stripe.Subscription>;
