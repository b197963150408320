import type { Stripe } from "stripe";
import { newPrice } from "../catalogue/prices.ts";
import { missingParam } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import type { World } from "../core/world.ts";
import { paymentMethodOf } from "../payments/payment-methods.ts";
import { clockOf } from "./lifecycle.ts";
import { periodOf } from "./subscription-items.ts";
import type { PaymentBehavior } from "./subscription-shape.ts";

const SHARED = [
  ...["items", "metadata", "description", "default_payment_method", "payment_behavior"],
  ...["proration_behavior", "cancel_at_period_end", "cancel_at", "trial_end", "trial_settings"],
  ...["collection_method", "days_until_due", "payment_settings", "off_session"],
];

export const CREATE = [...SHARED, "customer", "trial_period_days", "currency", "billing_mode"];

export const UPDATE = [
  ...SHARED,
  "billing_cycle_anchor",
  "pause_collection",
  "proration_date",
  "cancellation_details",
];

export const PAYMENT: PaymentBehavior[] = [
  ...(["allow_incomplete", "default_incomplete"] as const),
  ...(["error_if_incomplete", "pending_if_incomplete"] as const),
];

export const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;

/** Also on the lines of a Checkout session and the phases of a schedule. */
export const priceFromData = (world: World, params: Params): Stripe.Price =>
  newPrice(world, params, world.must("product", params.required("product"), "product").id);

const DAY = 86_400;

export function trialEndOf(params: Params, now: number): number | null {
  const days = params.natural("trial_period_days");
  if (days) return now + days * DAY;
  const text = params.text("trial_end");
  if (text === undefined || text === "now") return null;
  return params.integer("trial_end") ?? null;
}

type Settings = Partial<Omit<Stripe.Subscription, "customer" | "items">>;

/** The settings that can be given at the start and changed later. */
export function settingsOf(world: World, params: Params, before?: Stripe.Subscription): Settings {
  const settings: Settings = { metadata: params.metadata(before?.metadata) };
  const method = params.nullable("default_payment_method");
  if (method !== undefined)
    settings.default_payment_method = method && paymentMethodOf(world, method).id;
  const description = params.nullable("description");
  if (description !== undefined) settings.description = description;
  const collection = params.choice("collection_method", ["charge_automatically", "send_invoice"]);
  if (collection) settings.collection_method = collection;
  const days = params.natural("days_until_due");
  if (days !== undefined) settings.days_until_due = days;
  const behavior = params
    .group("trial_settings")
    .group("end_behavior")
    .text("missing_payment_method");
  if (behavior) {
    const end_behavior = { billing_cycle_anchor: null, missing_payment_method: behavior };
    settings.trial_settings = { end_behavior };
  }
  const save = params.group("payment_settings").text("save_default_payment_method");
  if (save) {
    settings.payment_settings = {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: save,
    };
  }
  return settings;
}

/** Asks for the end of the period, for a time, or takes that back. */
export function endings(
  world: World,
  params: Params,
  before: Stripe.Subscription,
): Partial<Stripe.Subscription> {
  const now = world.now(clockOf(before));
  const details = params.group("cancellation_details").allowOnly(["comment", "feedback"]);
  const cancellation_details = {
    feedback_option: null,
    ...before.cancellation_details,
    comment: details.nullable("comment") ?? before.cancellation_details?.comment ?? null,
    feedback: details.nullable("feedback") ?? before.cancellation_details?.feedback ?? null,
  };
  const atEnd = params.boolean("cancel_at_period_end");
  const at = params.has("cancel_at") ? (params.integer("cancel_at") ?? null) : undefined;
  const isAsked = atEnd === true || (at !== undefined && at !== null);
  if (isAsked) {
    return {
      cancel_at_period_end: atEnd ?? false,
      cancel_at: at ?? periodOf(before).end,
      canceled_at: now,
      cancellation_details: { ...cancellation_details, reason: "cancellation_requested" },
    };
  }
  if (atEnd === undefined && at === undefined) {
    const reason = before.cancellation_details?.reason ?? null;
    return params.has("cancellation_details")
      ? { cancellation_details: { ...cancellation_details, reason } }
      : {};
  }
  const none = { comment: null, feedback: null, feedback_option: null, reason: null };
  return {
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    cancellation_details: none,
  };
}

export function pauses(params: Params): Partial<Stripe.Subscription> {
  if (!params.has("pause_collection")) return {};
  if (params.tree.pause_collection === "") return { pause_collection: null };
  const group = params.group("pause_collection").allowOnly(["behavior", "resumes_at"]);
  const behavior = group.choice("behavior", ["keep_as_draft", "mark_uncollectible", "void"]);
  if (!behavior) throw missingParam("pause_collection[behavior]");
  return { pause_collection: { behavior, resumes_at: group.integer("resumes_at") ?? null } };
}
