import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import type { Phase, Schedule } from "./schedule-routes.ts";
import { phaseEnd } from "./schedules.ts";
import { recurringPrice } from "./subscription-items.ts";
import { PRORATIONS } from "./subscription-params.ts";

const PHASE = [
  ...[
    "items",
    "start_date",
    "end_date",
    "iterations",
    "duration",
    "proration_behavior",
    "metadata",
  ],
  ...["billing_cycle_anchor", "collection_method", "description", "currency", "trial"],
];

export function phaseOf(
  items: Pick<Phase["items"][number], "price" | "quantity">[],
  currency: string,
  start: number,
  end: number,
  proration: string,
): Phase {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: end,
    invoice_settings: null,
    items: items.map(({ price, quantity }) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: {},
      plan: idOf(price as string),
      price: idOf(price as string),
      quantity: quantity ?? 1,
      tax_rates: [],
    })),
    metadata: {},
    on_behalf_of: null,
    proration_behavior: proration,
    start_date: start,
    transfer_data: null,
    trial_end: null,
  };
}

/** The phases follow each other; each says when it ends, or for how many periods it lasts. */
export function phasesFrom(world: World, params: Params, from: number): Phase[] {
  let start = from;
  return params.groups("phases").map((group) => {
    group.allowOnly(PHASE);
    const items = group.groups("items").map((item) => ({
      price: recurringPrice(world, item.required("price"), item.nameOf("price")).id,
      quantity: item.natural("quantity") ?? 1,
    }));
    const [first] = items;
    if (!first) throw missingParam(group.nameOf("items"));
    if (group.text("start_date") !== "now") start = group.integer("start_date") ?? start;
    const end = group.integer("end_date") ?? lengthEnd(world, group, start, first.price);
    if (end <= start) {
      throw invalid("The end date of a phase must be after its start date.", {
        param: group.nameOf("end_date"),
      });
    }
    const proration = group.choice("proration_behavior", PRORATIONS) ?? "create_prorations";
    const { currency } = world.must("price", first.price);
    const phase = phaseOf(items, currency, start, end, proration);
    start = end;
    return { ...phase, metadata: group.metadata() };
  });
}

/** A phase without an end date lasts for its `duration`, or for `iterations` of its price's periods. */
function lengthEnd(world: World, phase: Params, start: number, price: string): number {
  const { recurring } = world.must("price", price);
  if (!recurring)
    throw invalid("A phase needs recurring prices.", { param: phase.nameOf("items") });
  const duration = phase.group("duration");
  const interval = duration.choice("interval", ["day", "week", "month", "year"]);
  if (!interval) return phaseEnd(start, recurring, phase.natural("iterations") ?? 1);
  const count = duration.natural("interval_count") ?? 1;
  return phaseEnd(start, { ...recurring, interval, interval_count: 1 }, count);
}

export function newSchedule(
  world: World,
  customer: Stripe.Customer,
  asked: Partial<Schedule>,
): Schedule {
  const schedule: Schedule = {
    id: world.id("sub_sched"),
    object: "subscription_schedule",
    application: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" },
    canceled_at: null,
    completed_at: null,
    created: world.now(idOrNull(customer.test_clock)),
    current_phase: null,
    customer: customer.id,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: "charge_automatically",
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: "release",
    livemode: false,
    metadata: {},
    pause_schedules: [],
    phases: [],
    released_at: null,
    released_subscription: null,
    status: "not_started",
    subscription: null,
    test_clock: idOrNull(customer.test_clock),
    ...asked,
  };
  world.store.put("subscription_schedule", schedule);
  return schedule;
}
