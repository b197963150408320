import { runDue, type TaskHandlers } from "../core/agenda.ts";
import { invalid } from "../core/errors.ts";
import { emit } from "../core/events.ts";
import type { World } from "../core/world.ts";
import { LIST_PARAMS, pageOf } from "../http/list.ts";
import type { Routes } from "../http/routes.ts";

const KEPT_SECONDS = 30 * 86_400;

/** Moves a test clock forward and lives through everything that happens until then, in order. */
export function advanceClock(
  world: World,
  handlers: TaskHandlers,
  id: string,
  until: number,
): void {
  const clock = world.must("test_helpers.test_clock", id);
  if (until <= clock.frozen_time) {
    throw invalid("You can only advance the clock to a later time.", { param: "frozen_time" });
  }
  emit(world, "test_helpers.test_clock.advancing", { ...clock, status: "advancing" });
  const set = (frozen_time: number) =>
    void world.change("test_helpers.test_clock", id, { frozen_time });
  runDue(world, handlers, id, until, (at) => {
    if (at > world.now(id)) set(at);
  });
  set(until);
  emit(world, "test_helpers.test_clock.ready", world.must("test_helpers.test_clock", id));
}

function deleteClock(world: World, id: string): object {
  const clock = world.must("test_helpers.test_clock", id);
  for (const task of world.store.all("task")) {
    if (task.clock === id) world.store.remove("task", task.id);
  }
  for (const customer of world.store.all("customer")) {
    if (customer.deleted || customer.test_clock !== id) continue;
    world.store.put("customer", { id: customer.id, object: "customer", deleted: true });
  }
  world.store.remove("test_helpers.test_clock", id);
  emit(world, "test_helpers.test_clock.deleted", clock);
  return { id, object: "test_helpers.test_clock", deleted: true };
}

export const clockRoutes = (handlers: TaskHandlers): Routes => ({
  "POST /v1/test_helpers/test_clocks": ({ world, params }) => {
    params.allowOnly(["frozen_time", "name"]);
    const clock = {
      id: world.id("clock"),
      object: "test_helpers.test_clock" as const,
      created: world.now(),
      deletes_after: world.now() + KEPT_SECONDS,
      frozen_time: params.requiredInteger("frozen_time"),
      livemode: false,
      name: params.nullable("name") ?? null,
      status: "ready" as const,
      status_details: {},
    };
    world.store.put("test_helpers.test_clock", clock);
    emit(world, "test_helpers.test_clock.created", clock);
    return clock;
  },
  "GET /v1/test_helpers/test_clocks": ({ world, params }) =>
    pageOf(
      params.allowOnly(LIST_PARAMS),
      world.store.all("test_helpers.test_clock"),
      "/v1/test_helpers/test_clocks",
    ),
  "GET /v1/test_helpers/test_clocks/:id": ({ world, id }) =>
    world.must("test_helpers.test_clock", id()),
  "DELETE /v1/test_helpers/test_clocks/:id": ({ world, id }) => deleteClock(world, id()),
  "POST /v1/test_helpers/test_clocks/:id/advance": ({ world, params, id }) => {
    const until = params.allowOnly(["frozen_time"]).requiredInteger("frozen_time");
    advanceClock(world, handlers, id(), until);
    return world.must("test_helpers.test_clock", id());
  },
});
