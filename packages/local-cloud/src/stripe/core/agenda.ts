import { StripeError } from "./errors.ts";
import type { Task, TaskKind } from "./tables.ts";
import type { World } from "./world.ts";

export type TaskHandlers = Record<TaskKind, (world: World, subject: string, at: number) => void>;

/** A phase that begins when a period ends decides what the new period costs. */
const comesFirst = ({ kind }: Task) => kind === "schedule.step";

/** What waits on a clock, earliest first. */
function nextDue(world: World, clock: string | null, until: number): Task | undefined {
  let found: Task | undefined;
  for (const task of world.store.all("task")) {
    if (task.clock !== clock || task.at > until) continue;
    if (!found || task.at < found.at || (task.at === found.at && comesFirst(task))) found = task;
  }
  return found;
}

/**
 * Does what has become due on a clock, one thing after the other. `onTask` moves a test clock to the
 * time of each, so that what happens in it carries that time.
 */
export function runDue(
  world: World,
  handlers: TaskHandlers,
  clock: string | null,
  until: number,
  onTask: (at: number) => void = () => {},
): void {
  for (let task = nextDue(world, clock, until); task; task = nextDue(world, clock, until)) {
    world.store.remove("task", task.id);
    onTask(task.at);
    runTask(world, handlers, task);
  }
}

/** What is refused is dropped with a warning: one task must not stop everything that comes later. */
function runTask(world: World, handlers: TaskHandlers, task: Task): void {
  const told = world.fresh.length;
  try {
    world.store.transaction(() => handlers[task.kind](world, task.subject, task.at));
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    world.fresh.length = told;
    process.emitWarning(`Stripe emulator: ${task.kind} of ${task.subject}: ${error.message}`);
  }
}

/** Seconds since 1970 of the next thing on the emulator's own clock. */
export function nextTaskAt(world: World): number | undefined {
  let next: number | undefined;
  // Asked before every call: without a copy of what may be thousands.
  for (const { clock, at } of world.store.each("task")) {
    if (clock === null && (next === undefined || at < next)) next = at;
  }
  return next;
}
