import type { Stripe } from "stripe";
import { emit, update } from "../core/events.ts";
import { idOf, idOrNull, type World } from "../core/world.ts";
import { changeItems, tellOfChange } from "./changes.ts";
import { endSubscription, isOver } from "./lifecycle.ts";
import { newSubscription } from "./new-subscription.ts";
import { periodEnd } from "./periods.ts";
import { expirePending } from "./reactions.ts";

type Schedule = Stripe.SubscriptionSchedule;
type Phase = Schedule["phases"][number];

const clockOf = (schedule: Schedule) => idOrNull(schedule.test_clock);

/** The end of a phase that lasts for so many intervals. */
export function phaseEnd(start: number, recurring: Stripe.Price.Recurring, count: number): number {
  let end = start;
  for (let done = 0; done < count; done++) end = periodEnd(start, recurring, end);
  return end;
}

export const currentPhase = (schedule: Schedule, now: number): Phase | undefined =>
  schedule.phases.find((phase) => phase.start_date <= now && now < phase.end_date);

/** Waits for the phase's beginning or end. */
export function scheduleStep(world: World, schedule: Schedule): void {
  const now = world.now(clockOf(schedule));
  const at =
    schedule.status === "not_started"
      ? schedule.phases[0]?.start_date
      : currentPhase(schedule, now)?.end_date;
  if (at === undefined) world.unschedule("schedule.step", schedule.id);
  else world.schedule("schedule.step", schedule.id, at, clockOf(schedule));
}

const itemsOf = (phase: Phase) =>
  phase.items.map((item) => ({ price: idOf(item.price), quantity: item.quantity ?? 1 }));

/** The first phase begins: its subscription is made. */
export function startSchedule(world: World, id: string): Schedule {
  const schedule = world.must("subscription_schedule", id);
  const [phase] = schedule.phases;
  if (!phase) return schedule;
  const customer = world.customer(idOf(schedule.customer));
  const subscription = newSubscription(world, {
    customer,
    items: itemsOf(phase),
    paymentBehavior: "default_incomplete",
    metadata: phase.metadata ?? {},
    schedule: id,
  });
  // The invoice of a schedule's subscription is collected without its caller, when it can be.
  const invoice = idOrNull(subscription.latest_invoice);
  if (invoice)
    world.schedule("invoice.collect", invoice, world.now(clockOf(schedule)), clockOf(schedule));
  const active = world.change("subscription_schedule", id, {
    status: "active",
    subscription: subscription.id,
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
  });
  scheduleStep(world, active);
  return active;
}

/** A phase is over: the next one's prices apply, or the schedule ends. */
export function stepSchedule(world: World, id: string): void {
  const schedule = world.store.get("subscription_schedule", id);
  if (!schedule || !["active", "not_started"].includes(schedule.status)) return;
  if (schedule.status === "not_started") {
    startSchedule(world, id);
    return;
  }
  const now = world.now(clockOf(schedule));
  const phase = currentPhase(schedule, now);
  const subscription = idOrNull(schedule.subscription);
  if (!phase) {
    finishSchedule(world, schedule, now);
    return;
  }
  const { start_date, end_date } = phase;
  const change = { current_phase: { start_date, end_date } };
  const next = update(world, "subscription_schedule", id, change, "subscription_schedule.updated");
  scheduleStep(world, next);
  if (!subscription) return;
  // An update that waits for its payment does not outlive the phase it was asked for in.
  expirePending(world, subscription);
  applyPhase(world, subscription, phase);
}

/** Makes the subscription what the phase says; at a period's end that costs no proration. */
export function applyPhase(world: World, id: string, phase: Phase): void {
  const before = world.must("subscription", id);
  if (isOver(before)) return;
  const wanted = itemsOf(phase);
  const present = before.items.data;
  const items = [
    ...wanted.map((item, index) => ({
      ...item,
      ...(present[index] ? { id: present[index].id } : {}),
    })),
    ...present.slice(wanted.length).map((item) => ({ id: item.id, deleted: true })),
  ];
  changeItems(world, id, {
    items,
    prorationBehavior: phase.proration_behavior as "create_prorations" | "always_invoice" | "none",
  });
  if (phase.metadata && Object.keys(phase.metadata).length) {
    const metadata = { ...before.metadata, ...phase.metadata };
    world.change("subscription", id, { metadata });
  }
  tellOfChange(world, before);
}

/** All phases are over: the subscription goes on by itself, or ends too. */
function finishSchedule(world: World, schedule: Schedule, now: number): void {
  const id = idOrNull(schedule.subscription);
  const isReleased = schedule.end_behavior === "release";
  const done: Partial<Schedule> = {
    status: "completed",
    completed_at: now,
    current_phase: null,
    ...(isReleased ? { released_at: now, released_subscription: id, subscription: null } : {}),
  };
  if (id) world.change("subscription", id, { schedule: null });
  update(world, "subscription_schedule", schedule.id, done, "subscription_schedule.completed");
  if (id && !isReleased && !isOver(world.must("subscription", id))) endSubscription(world, id, {});
}

/** The subscription goes on without the schedule, as it is. */
export function releaseSchedule(world: World, id: string): Schedule {
  const before = world.must("subscription_schedule", id);
  const subscription = idOrNull(before.subscription);
  world.unschedule("schedule.step", id);
  if (subscription) world.change("subscription", subscription, { schedule: null });
  const released = world.change("subscription_schedule", id, {
    status: "released",
    released_at: world.now(clockOf(before)),
    released_subscription: subscription,
    subscription: null,
    current_phase: null,
  });
  emit(world, "subscription_schedule.released", released, before);
  return released;
}
