/**
 * Preloaded by a worker whose machine's clock is to be wrong: by `WRONG_CLOCK_MS` from the start, and by whatever its
 * parent sends later. The database's is right, and so is the steady clock, as when somebody sets the time of a machine.
 */
const real = Date;
let shiftMs = Number(process.env.WRONG_CLOCK_MS ?? 0);
process.on("message", (ms) => {
  shiftMs = Number(ms);
});
// Listening must not keep it alive, nor does it end with its parent by this alone.
process.channel?.unref();

const now = () => real.now() + shiftMs;
globalThis.Date = new Proxy(real, {
  apply: () => new real(now()).toString(),
  construct: (_, values, target) =>
    Reflect.construct(real, values.length > 0 ? values : [now()], target),
  get: (_, name) => (name === "now" ? now : Reflect.get(real, name)),
});
