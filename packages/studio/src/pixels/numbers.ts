/** Small arithmetic every pixel loop needs. */

export const clamp = (value: number, low = 0, high = 1) => Math.min(high, Math.max(low, value));

export const mix = (from: number, to: number, amount: number) => from + (to - from) * amount;

/** 0 before `from`, 1 after `to` (which may be smaller), with flat ends: no visible line where a gradient starts. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** A bell around 0 with the given half width. */
export const bell = (distance: number, width: number) =>
  Math.exp(-(distance * distance) / (width * width));

/** Repeatable random numbers in [0, 1): the same seed gives the same picture on every machine. */
export function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
