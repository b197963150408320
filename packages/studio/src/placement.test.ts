import { generationSettings } from "@tintype/core/generation";
import { expect, test } from "vitest";
import type { CutOut } from "./cut-out/cut-out.ts";
import { readLook } from "./look.ts";
import { measureBase, placeSubject } from "./placement.ts";

function shape(width: number, height: number, inside: (x: number, y: number) => boolean): CutOut {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    if (inside(i % width, Math.floor(i / width))) data[i * 4 + 3] = 255;
  }
  return { data, width, height, cropped: { left: false, right: false, bottom: false } };
}
const box = shape(200, 180, () => true);
const plate = shape(200, 150, (x, y) => ((x - 99.5) / 100) ** 2 + ((y - 74.5) / 75) ** 2 <= 1);
const plain = readLook(generationSettings.parse({ kind: "image" }));

test("a flat base is seen from the front, a round plate from above", () => {
  expect(measureBase(box).pitchSin).toBeLessThan(0.2);
  expect(measureBase(plate).pitchSin).toBeCloseTo(0.74, 1);
});

test.each(["1:1", "4:5", "3:2", "16:9", "9:16"])("the subject stays in a %s frame", (ratio) => {
  const [across = 1, down = 1] = ratio.split(":").map(Number);
  for (const subject of [box, plate]) {
    for (const pose of ["standing", "floating", "mirrored"] as const) {
      const { camera, left, top, width, height } = placeSubject(
        subject,
        { ...plain, pose },
        across / down,
      );
      expect(left).toBeGreaterThan(-camera.halfWidth);
      expect(left + width).toBeLessThan(camera.halfWidth);
      expect(top).toBeGreaterThan(-camera.halfHeight);
      expect(top + height).toBeLessThan(camera.halfHeight);
    }
  }
});

test("a subject the photo cut at its bottom runs out of the picture too", () => {
  const bust = { ...box, cropped: { left: false, right: false, bottom: true } };
  const { camera, top, height } = placeSubject(bust, plain, 1);
  expect(top + height).toBeGreaterThanOrEqual(camera.halfHeight);
});
