import { createImageSlot, type ImageLimits, type ImageSlot } from "./image-slot.ts";
import type { CleanImage, ImageProcessor, Thumbnail } from "./images.ts";

/** The largest honest picture, 40 megapixels in many scans, needs about a third of the time and half of the memory. */
const defaults: ImageLimits = { cpuMs: 30_000, residentBytes: 900_000_000, wallMs: 120_000 };
/** Each takes a processor while it works. */
const AT_ONCE = 2;

/** Pictures are decoded in child processes: what a file does to its decoder stays there, and ends with it. */
export function createImageProcessor(
  limits: Partial<ImageLimits> = {},
): ImageProcessor & { close: () => Promise<void> } {
  const slots = Array.from({ length: AT_ONCE }, () => createImageSlot({ ...defaults, ...limits }));
  const inTurn = createTurns(slots);
  return {
    inspectAndReencode: (bytes, signal) =>
      inTurn((slot) => slot.run({ kind: "inspect", bytes }, signal) as Promise<CleanImage>),
    makeThumbnail: (bytes) =>
      inTurn((slot) => slot.run({ kind: "thumbnail", bytes }) as Promise<Thumbnail>),
    close: async () => {
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}

function createTurns(slots: readonly ImageSlot[]) {
  const free = [...slots];
  const waiting: ((slot: ImageSlot) => void)[] = [];
  return async function inTurn<T>(work: (slot: ImageSlot) => Promise<T>): Promise<T> {
    const slot = free.pop() ?? (await new Promise<ImageSlot>((resolve) => waiting.push(resolve)));
    try {
      return await work(slot);
    } finally {
      const next = waiting.shift();
      if (next) next(slot);
      else free.push(slot);
    }
  };
}
