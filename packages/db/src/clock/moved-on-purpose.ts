/** Under which `tools/src/stack/moved-clock.ts` leaves word, in milliseconds. */
const KEY = Symbol.for("tintype.clock.movedMs");

/**
 * By how much the time of everybody in this stack was moved, for trying out what happens in a month. The database
 * cannot be moved along, so this is added to what it says; its own machine's clock says it already. 0 in real life.
 */
export function movedMs(): number {
  const read = (globalThis as { [KEY]?: () => number })[KEY];
  return read?.() ?? 0;
}
