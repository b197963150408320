import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StackClock } from "./stack-clock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tintype-clock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of the stack, which prints JSON. */
function inProgram(clock: StackClock, source: string): unknown {
  const preload = path.join(import.meta.dirname, "moved-clock.ts");
  const printed = execFileSync(process.execPath, ["--import", preload, "-e", source], {
    env: { ...process.env, CLOCK_FILE: clock.file },
    encoding: "utf8",
  });
  return JSON.parse(printed);
}

test("a program of the stack has the time that was moved to, for whatever asks for it", () => {
  const clock = new StackClock(folder);
  clock.moveTo(40 * 86_400);
  const told = inProgram(
    clock,
    `const dates = [new Date().getTime(), Date.now(), Date.parse(Date())];
     const given = new Date("2026-01-31T12:00:00Z");
     console.log(JSON.stringify({ dates, given, isDate: given instanceof Date && new Date() instanceof Date,
       made: new Date(2026, 0, 31).getMonth(), utc: Date.UTC(1970, 0, 2) }))`,
  ) as { dates: number[] };
  for (const time of told.dates) expect(Math.abs(time - clock.now())).toBeLessThan(10_000);
  expect(clock.now() - Date.now()).toBeGreaterThan(39 * 86_400_000);
  expect(told).toMatchObject({
    given: "2026-01-31T12:00:00.000Z",
    isDate: true,
    made: 0,
    utc: 86_400_000,
  });
});

test("a move is seen at once, also by a program that runs already", () => {
  const clock = new StackClock(folder);
  clock.moveTo(1_234_567);
  clock.moveTo(60);
  const source = `const fs = require("node:fs"); const before = Date.now();
    fs.writeFileSync(process.env.CLOCK_FILE, "3660".padEnd(20)); console.log(Date.now() - before)`;
  expect(inProgram(clock, source)).toBeGreaterThanOrEqual(3_600_000);
  expect(inProgram(clock, source)).toBeLessThan(10_000);
});
