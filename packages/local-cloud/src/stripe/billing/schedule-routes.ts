import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { endSubscription, isOver } from "./lifecycle.ts";
import {
  applyPhase,
  currentPhase,
  phaseEnd,
  releaseSchedule,
  scheduleStep,
  startSchedule,
} from "./schedules.ts";
import { periodOf, recurringPrice } from "./subscription-items.ts";
import { PRORATIONS } from "./subscription-routes.ts";

type Schedule = Stripe.SubscriptionSchedule;
type Phase = Schedule["phases"][number];

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
const CREATE = [
  "from_subscription",
  "customer",
  "start_date",
  "end_behavior",
  "phases",
  "metadata",
  "default_settings",
];
const UPDATE = ["phases", "end_behavior", "metadata", "proration_behavior", "default_settings"];

function phaseOf(
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
function phasesFrom(world: World, params: Params, from: number): Phase[] {
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

function newSchedule(world: World, customer: Stripe.Customer, asked: Partial<Schedule>): Schedule {
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

/** One phase: what the subscription is now, until the end of its period. */
function fromSubscription(world: World, id: string): Schedule {
  const subscription = world.must("subscription", id, "from_subscription");
  if (subscription.schedule || isOver(subscription)) {
    throw invalid(
      `You cannot migrate a subscription that is already attached to a schedule: ${idOrNull(subscription.schedule)}.`,
      { param: "from_subscription" },
    );
  }
  const { start, end } = periodOf(subscription);
  const items = subscription.items.data.map(({ price, quantity }) => ({
    price: price.id,
    quantity: quantity ?? 1,
  }));
  const schedule = newSchedule(world, world.customer(idOf(subscription.customer)), {
    status: "active",
    subscription: id,
    phases: [phaseOf(items, subscription.currency, start, end, "create_prorations")],
    current_phase: { start_date: start, end_date: end },
  });
  world.change("subscription", id, { schedule: schedule.id });
  scheduleStep(world, schedule);
  return schedule;
}

function create({ world, params }: Call): object {
  params.allowOnly(CREATE);
  const source = params.text("from_subscription");
  const schedule = source ? fromSubscription(world, source) : fromPhases(world, params);
  emit(world, "subscription_schedule.created", schedule);
  return schedule;
}

function fromPhases(world: World, params: Params): Schedule {
  const customer = world.customer(params.required("customer"), "customer");
  const now = world.now(idOrNull(customer.test_clock));
  const start = params.text("start_date") === "now" ? now : (params.integer("start_date") ?? now);
  const phases = phasesFrom(world, params, start);
  if (phases.length === 0) throw missingParam("phases");
  const end_behavior = params.choice("end_behavior", ["release", "cancel"]) ?? "release";
  const schedule = newSchedule(world, customer, {
    phases,
    end_behavior,
    metadata: params.metadata(),
  });
  if (start <= now) return startSchedule(world, schedule.id);
  scheduleStep(world, schedule);
  return schedule;
}

function change({ world, params, id }: Call): object {
  params.allowOnly(UPDATE);
  const before = active(world, id());
  const now = world.now(idOrNull(before.test_clock));
  const first = before.phases[0]?.start_date ?? now;
  const phases = params.has("phases") ? phasesFrom(world, params, first) : before.phases;
  const phase = phases.find((each) => each.start_date <= now && now < each.end_date);
  const end_behavior = params.choice("end_behavior", ["release", "cancel"]) ?? before.end_behavior;
  const after = world.change("subscription_schedule", id(), {
    phases,
    end_behavior,
    metadata: params.metadata(before.metadata ?? {}),
    ...(phase && before.status === "active"
      ? { current_phase: { start_date: phase.start_date, end_date: phase.end_date } }
      : {}),
  });
  scheduleStep(world, after);
  const old = currentPhase(before, now);
  const subscription = idOrNull(after.subscription);
  if (phase && subscription && JSON.stringify(old?.items) !== JSON.stringify(phase.items)) {
    applyPhase(world, subscription, phase);
  }
  emit(world, "subscription_schedule.updated", after, before);
  return after;
}

function active(world: World, id: string): Schedule {
  const schedule = world.must("subscription_schedule", id);
  if (["active", "not_started"].includes(schedule.status)) return schedule;
  throw invalid(
    `You cannot change a subscription schedule that is currently in the \`${schedule.status}\` status.`,
  );
}

function cancel({ world, params, id }: Call): object {
  params.allowOnly(["invoice_now", "prorate"]);
  const schedule = active(world, id());
  const subscription = idOrNull(schedule.subscription);
  // Ending the subscription ends its schedule, and tells of both.
  if (subscription) {
    endSubscription(world, subscription, {
      prorate: params.boolean("prorate") ?? true,
      invoiceNow: params.boolean("invoice_now") ?? true,
    });
    return world.must("subscription_schedule", id());
  }
  world.unschedule("schedule.step", id());
  const canceled_at = world.now(idOrNull(schedule.test_clock));
  const canceled = world.change("subscription_schedule", id(), { status: "canceled", canceled_at });
  emit(world, "subscription_schedule.canceled", canceled, schedule);
  return canceled;
}

export const scheduleRoutes: Routes = {
  "POST /v1/subscription_schedules": create,
  "GET /v1/subscription_schedules": ({ world, params }) => {
    params.allowOnly([...LIST_PARAMS, "customer"]);
    const customer = params.text("customer");
    const rows = world.store
      .all("subscription_schedule")
      .filter((each) => customer === undefined || each.customer === customer);
    return pageOf(params, rows, "/v1/subscription_schedules");
  },
  "GET /v1/subscription_schedules/:id": ({ world, id }) =>
    world.must("subscription_schedule", id()),
  "POST /v1/subscription_schedules/:id": change,
  "POST /v1/subscription_schedules/:id/release": ({ world, params, id }) => {
    params.allowOnly(["preserve_cancel_date"]);
    active(world, id());
    return releaseSchedule(world, id());
  },
  "POST /v1/subscription_schedules/:id/cancel": cancel,
};
