import { afterAll, afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { createTestDatabase } from "../testing.ts";
import { type ClockReading, openDatabaseClock, startClock } from "./database-clock.ts";

const START = Date.UTC(2026, 11, 1, 12);
const EVERY_MS = 3_000;
const started: { close: () => Promise<void> }[] = [];

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ close }) => close()));
  vi.useRealTimers();
});

/** Two machines whose time goes on as the test says; the way to the database takes `wayMs`, of which most is the way back. */
async function twoMachines({ aheadMs = 0, wayMs = 0 } = {}) {
  const world = { at: 0, aheadMs, databaseAheadMs: 0, wayMs, isAway: false };
  const told: ClockReading[] = [];
  const errors: unknown[] = [];
  const ask = async () => {
    if (world.isAway) throw new Error("away");
    world.at += world.wayMs * 0.1;
    const answer = START + world.at + world.databaseAheadMs;
    world.at += world.wayMs * 0.9;
    return answer;
  };
  const clock = await startClock(ask, {
    wall: () => START + world.at + world.aheadMs,
    steady: () => 5_000 + world.at,
    everyMs: EVERY_MS,
    onError: (error) => errors.push(error),
    onChange: (reading) => told.push(reading),
  });
  started.push(clock);
  const wait = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      world.at += Math.min(500, left);
      await vi.advanceTimersByTimeAsync(Math.min(500, left));
    }
  };
  const errorOfNow = () => clock.now().getTime() - (START + world.at + world.databaseAheadMs);
  return { world, clock, told, errors, wait, errorOfNow };
}

test("a machine that is ten minutes ahead has the database's time all the same, and knows", async () => {
  const { clock, told, errorOfNow } = await twoMachines({ aheadMs: 600_000 });
  expect(errorOfNow()).toBe(0);
  expect(clock.read()).toMatchObject({ skewMs: 600_000, agrees: false });
  expect(told).toMatchObject([{ skewMs: 600_000, agrees: false }]);
});

test.each([
  [2_000, true],
  [2_001, false],
  [-2_000, true],
  [-2_001, false],
])("%i ms apart: they agree is %s", async (aheadMs, agrees) => {
  const { clock } = await twoMachines({ aheadMs });
  expect(clock.read().agrees).toBe(agrees);
});

test("a clock that somebody sets in the middle moves nothing, is seen at once, and told once each way", async () => {
  const { world, clock, told, wait, errorOfNow } = await twoMachines();
  world.aheadMs = -3_600_000;
  expect(errorOfNow()).toBe(0);
  expect(clock.read()).toMatchObject({ agrees: false, skewMs: -3_600_000 });
  await wait(20_000);
  expect(told).toMatchObject([{ agrees: false }]);
  world.aheadMs = 0;
  await wait(5_000);
  expect(told).toMatchObject([{ agrees: false }, { agrees: true }]);
});

test("the answer is taken for the middle of the way: wrong by half of it at most, and that is said", async () => {
  const { world, clock, wait, errorOfNow } = await twoMachines();
  world.wayMs = 100;
  await wait(30_000);
  const { withinMs } = clock.read();
  expect(withinMs).toBeLessThanOrEqual(50);
  expect(Math.abs(errorOfNow())).toBeLessThanOrEqual(withinMs);
});

test("a way of four seconds tells less than what is known already; a minute on nobody knows any more", async () => {
  const { world, clock, wait, errorOfNow } = await twoMachines();
  world.wayMs = 4_000;
  await wait(EVERY_MS);
  expect(errorOfNow()).toBe(0);
  expect(clock.read()).toMatchObject({ withinMs: 0, agrees: true });
  await wait(60_000);
  expect(clock.read().agrees).toBe(false);
  world.wayMs = 0;
  await wait(10_000);
  expect(clock.read().agrees).toBe(true);
});

test("whoever has only ever heard of it from far away does not claim to know", async () => {
  const { world, clock, wait } = await twoMachines({ wayMs: 2_400 });
  expect(clock.read()).toMatchObject({ withinMs: 1_200, agrees: false });
  world.wayMs = 100;
  await wait(EVERY_MS);
  expect(clock.read()).toMatchObject({ withinMs: 50, agrees: true });
});

test("when the database's own clock is set, everybody's goes along within seconds", async () => {
  const { world, wait, errorOfNow } = await twoMachines();
  world.databaseAheadMs = 30_000;
  await wait(EVERY_MS);
  expect(errorOfNow()).toBe(0);
});

test("an outage is seen while it lasts, ends when the database answers again, and is told once", async () => {
  const { world, clock, errors, wait } = await twoMachines();
  await wait(30_000);
  expect(clock.read().inContactMs).toBeGreaterThan(25_000);
  world.isAway = true;
  await wait(4_000);
  expect(clock.read().outageEndedAt).toBeNull();
  await wait(16_000);
  expect(clock.read()).toMatchObject({ inContactMs: 0, outageEndedAt: null });
  expect(errors).toHaveLength(1);

  world.isAway = false;
  await wait(2_000);
  const { outageEndedAt, inContactMs } = clock.read();
  expect(inContactMs).toBeLessThan(2_000);
  expect(Math.abs((outageEndedAt?.getTime() ?? 0) - (START + 50_000))).toBeLessThan(2_000);
});

test("a restart of the database within a few seconds is no outage: no lease runs out in it", async () => {
  const { world, clock, wait } = await twoMachines();
  world.isAway = true;
  await wait(4_000);
  world.isAway = false;
  await wait(4_000);
  expect(clock.read().outageEndedAt).toBeNull();
});

test("a machine that slept counts no time meanwhile, but the database's tells that there was an outage", async () => {
  const { world, clock, wait, errorOfNow } = await twoMachines();
  await wait(20_000);
  // Both clocks of the day go on, the steady one does not.
  world.databaseAheadMs = 3_600_000;
  world.aheadMs = 3_600_000;
  expect(clock.read().agrees).toBe(false);
  await wait(EVERY_MS);
  expect(errorOfNow()).toBe(0);
  expect(clock.read()).toMatchObject({ agrees: true, outageEndedAt: expect.any(Date) });
  expect(clock.read().inContactMs).toBeLessThan(EVERY_MS);
});

const databases: { drop: () => Promise<void> }[] = [];
afterAll(() => Promise.all(databases.map(({ drop }) => drop())));

test("a real database on the same machine has the same time", async () => {
  vi.useRealTimers();
  const database = await createTestDatabase(inject("postgresUrl"));
  databases.push(database);
  const errors: unknown[] = [];
  const clock = await openDatabaseClock(database.url, { onError: (error) => errors.push(error) });
  started.push(clock);
  const { skewMs, withinMs, agrees } = clock.read();
  expect(Math.abs(skewMs)).toBeLessThan(withinMs + 5);
  expect(agrees).toBe(true);
  await clock.close();
  expect(errors).toEqual([]);
  await expect(
    openDatabaseClock("postgres://nobody:x@127.0.0.1:9/none", { onError: () => undefined }),
  ).rejects.toThrow();
});
