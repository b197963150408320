import type { ClockReading } from "@tintype/db/clock/database-clock";
import { createLogger } from "@tintype/integrations/process/logger";
import type { ServiceContext, SystemActor } from "@tintype/services/context";
import { expect, test } from "vitest";
import { createReaper } from "./reaper.ts";

const LEASE_SECONDS = 15;
const fine: ClockReading = {
  ...{ skewMs: 3, withinMs: 1, ageMs: 100, agrees: true },
  ...{ inContactMs: 60_000, outageEndedAt: null },
};

/** A reaper whose database has nothing to reap, and says how often it was asked and since when nobody is to blame. */
function reaperAt(reading: () => ClockReading) {
  const asked: unknown[] = [];
  const execute = async ({ blamelessUntil }: { blamelessUntil: unknown }) => {
    asked.push(blamelessUntil);
    return [{ result: null }];
  };
  const statement = { from: () => ({ prepare: () => ({ execute }) }) };
  const ctx = {
    ...{ db: { $client: true, select: () => statement }, now: () => new Date() },
    config: { leaseSeconds: LEASE_SECONDS },
  } as unknown as ServiceContext<SystemActor>;
  const reaper = createReaper(ctx, { read: reading }, createLogger("worker", "silent"));
  return { asked, ...reaper };
}

test("with a clock that is not the database's nothing is reaped, and it goes on when they agree", async () => {
  let reading = { ...fine, agrees: false, skewMs: 2_001 };
  const { asked, run, render } = reaperAt(() => reading);
  await run();
  expect(asked).toEqual([]);
  expect(render()).toContain('tintype_reaping_paused{reason="clock"} 1');

  reading = fine;
  await run();
  expect(asked).toEqual([null]);
  expect(render()).toContain('tintype_reaping_paused{reason="clock"} 0');
});

test("after an outage everybody has a lease's time to be heard again; what lapsed in it is nobody's fault", async () => {
  const outageEndedAt = new Date("2026-12-01T12:00:00Z");
  let reading = { ...fine, outageEndedAt, inContactMs: LEASE_SECONDS * 1_000 - 1 };
  const { asked, run, render } = reaperAt(() => reading);
  await run();
  expect(asked).toEqual([]);
  expect(render()).toContain('tintype_reaping_paused{reason="outage"} 1');

  reading = { ...reading, inContactMs: LEASE_SECONDS * 1_000 };
  await run();
  expect(asked).toEqual([outageEndedAt.toISOString()]);
  expect(render()).toContain('tintype_reaping_paused{reason="outage"} 0');
});
