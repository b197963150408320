import { closeSync, openSync, readSync } from "node:fs";

/**
 * Preloaded by the server and the worker where Stripe's emulator stands in: when somebody moves its clock, theirs goes
 * along, so that a renewal in a month is in a month for everybody. `CLOCK_FILE` holds by how many seconds; the emulator
 * writes it before it tells of anything that has happened on the way. The database stays where it is, so the product,
 * which goes by the database's clock, is told by how much to add (`db/src/clock/moved-on-purpose.ts`).
 */
const MAX_DIGITS = 20;
const { CLOCK_FILE } = process.env;
if (CLOCK_FILE) moveClock(CLOCK_FILE);

function moveClock(path: string): void {
  const real = Date;
  // Read each time, a few microseconds: what is remembered would be wrong for those who hear of the move at once.
  const movedMs = () => readSeconds(path) * 1_000;
  const now = () => real.now() + movedMs();
  Object.assign(globalThis, { [Symbol.for("tintype.clock.movedMs")]: movedMs });
  globalThis.Date = new Proxy(real, {
    apply: () => new real(now()).toString(),
    construct: (_, values, target) =>
      Reflect.construct(real, values.length > 0 ? values : [now()], target),
    get: (_, name) => (name === "now" ? now : Reflect.get(real, name)),
  });
}

function readSeconds(path: string): number {
  const buffer = Buffer.alloc(MAX_DIGITS);
  const file = openSync(path, "r");
  try {
    return Number(buffer.toString("latin1", 0, readSync(file, buffer, 0, MAX_DIGITS, 0)));
  } finally {
    closeSync(file);
  }
}
