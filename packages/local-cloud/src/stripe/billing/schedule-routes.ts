import type { Stripe } from "stripe";
import { invalid, missingParam } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import type { Params } from "../core/params.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Call, Routes } from "../http/routes.ts";
import { endSubscription, isOver } from "./lifecycle.ts";
import { newSchedule, phaseOf, phasesFrom } from "./schedule-phases.ts";
import {
  applyPhase,
  currentPhase,
  releaseSchedule,
  scheduleStep,
  startSchedule,
} from "./schedules.ts";
import { periodOf } from "./subscription-items.ts";

export type Schedule = Stripe.SubscriptionSchedule;

export type Phase = Schedule["phases"][number];

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
