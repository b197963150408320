import { createHash } from "node:crypto";
import {
  generationSettings,
  modelPresets,
  posePresets,
  scenePresets,
} from "@tintype/core/generation";
import { beforeAll, expect, test } from "vitest";
import { type CutOut, cutOut } from "../cut-out/cut-out.ts";
import { decodePhoto } from "../cut-out/decode.ts";
import { readLook } from "../look.ts";
import { coffee } from "../test-fixtures.ts";
import { flatten } from "./flatten.ts";
import { buildLayers } from "./layers.ts";

const size = { width: 200, height: 200 };
let subject: CutOut;
beforeAll(async () => {
  subject = await cutOut(await decodePhoto(await coffee()));
});

async function picture(settings: Record<string, unknown>, seed = 1): Promise<Uint8Array> {
  const layers = await buildLayers({
    cutOut: subject,
    look: readLook(generationSettings.parse({ kind: "image", ...settings })),
    seed,
    ...size,
    sceneSide: 200,
    overscan: 1,
    onStage: () => {},
  });
  return flatten(layers.scene, layers.subject, layers.position, size, seed);
}

/** Mean difference of two pictures in steps of 0 … 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

async function expectAllDifferent(settings: readonly Record<string, unknown>[], least: number) {
  const pictures = await Promise.all(settings.map((one) => picture(one)));
  for (let i = 0; i < pictures.length; i++) {
    for (let j = 0; j < i; j++) {
      const pair = `${JSON.stringify(settings[i])} and ${JSON.stringify(settings[j])}`;
      expect(difference(pictures[i], pictures[j]), pair).toBeGreaterThan(least);
    }
  }
}

test("every scene is its own picture", () =>
  expectAllDifferent(
    scenePresets.map((scene) => ({ scene })),
    5,
  ));

test("every pose is its own picture", () =>
  expectAllDifferent(
    posePresets.map((pose) => ({ pose, scene: "marble" })),
    1.5,
  ));

test("every model is its own picture", () =>
  expectAllDifferent(
    modelPresets.map((model) => ({ model })),
    1.5,
  ));

test("what the prompt asks for is seen", () =>
  expectAllDifferent(
    ["", "pink", "зелёный", "warm", "холодный", "dramatic", "light from the right"].map(
      (prompt) => ({ prompt, scene: "podium" }),
    ),
    1,
  ));

test("the same seed makes the same picture, another seed another one", async () => {
  const sha = (pixels: Uint8Array) => createHash("sha256").update(pixels).digest("hex");
  const first = await picture({ scene: "marble" }, 7);
  expect(sha(await picture({ scene: "marble" }, 7))).toBe(sha(first));
  expect(difference(await picture({ scene: "marble" }, 8), first)).toBeGreaterThan(2);
});
