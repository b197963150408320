import type { SizedPicture } from "../../components/compare-slider.tsx";

/** Drawn by packages/studio/src/make-preset-pictures.ts: `after-640.avif`. */
const files = import.meta.glob<string>("./hero/*.{avif,webp}", {
  eager: true,
  query: "?url&no-inline",
  import: "default",
});

/** CSS pixels that the frame of the first page takes (landing.module.css). */
const SIZES = "(max-width: 48em) calc(100vw - 52px), (max-width: 1180px) 44vw, 494px";
const SIDES = [400, 640, 960];

function sized(name: "before" | "after"): SizedPicture {
  const addressOf = (side: number, format: string): string => {
    const address = files[`./hero/${name}-${side}.${format}`];
    if (address === undefined) throw new Error(`there is no picture ${name}-${side}.${format}`);
    return address;
  };
  const setOf = (format: string) =>
    SIDES.map((side) => `${addressOf(side, format)} ${side}w`).join(", ");
  const [avif, webp] = [setOf("avif"), setOf("webp")];
  return { avif, webp, sizes: SIZES, side: 960, src: addressOf(640, "webp") };
}

export const hero = { before: sized("before"), after: sized("after") };
