import type { ScenePreset } from "@tintype/core/generation";
import { advance, type Camera, descent } from "../camera.ts";
import type { Look } from "../look.ts";
import { softBlur } from "../pixels/blur.ts";
import { multiplyColour } from "../pixels/light.ts";
import { createNoise } from "../pixels/noise.ts";
import { clamp, randomFrom } from "../pixels/numbers.ts";
import type { Placement } from "../placement.ts";
import { createDark } from "./dark.ts";
import { createMarble } from "./marble.ts";
import { createOutdoorBokeh } from "./outdoor-bokeh.ts";
import { createPastel } from "./pastel.ts";
import { createPodium } from "./podium.ts";
import { type Scenery, type Stage, type SurfacePoint, warmthTint } from "./scenery.ts";
import { createStudio } from "./studio.ts";
import { createWoodTable } from "./wood-table.ts";

const scenes: Record<ScenePreset, (stage: Stage) => Scenery> = {
  studio: createStudio,
  podium: createPodium,
  marble: createMarble,
  wood_table: createWoodTable,
  outdoor_bokeh: createOutdoorBokeh,
  dark: createDark,
  pastel: createPastel,
};

/** Linear light, three values a pixel. The picture shows `overscan` times the camera's frame. */
export type RenderedScene = {
  scenery: Scenery;
  light: Float32Array;
  width: number;
  height: number;
  overscan: number;
};

export function buildScenery(look: Look, placement: Placement, seed: number): Scenery {
  const scenery = scenes[look.scene]({
    camera: placement.camera,
    look,
    noise: createNoise(seed),
    random: randomFrom(seed + 7),
    baseHalfWidth: placement.baseHalfWidth,
  });
  return applyLook(scenery, look);
}

/** What every scene has in common in a look: its mirror, its contrast, its colour temperature. */
function applyLook(scenery: Scenery, look: Look): Scenery {
  const portrait = look.model === "fashion_model_v1";
  let { reflection, shadow, lensBlur, rimLight } = scenery;
  if (look.glossy) reflection = Math.max(reflection, 0.32);
  if (look.pose === "mirrored") reflection = Math.max(reflection, 0.75);
  if (look.dramatic) shadow = Math.min(0.92, shadow + 0.18);
  if (look.dramatic) rimLight += 0.25;
  if (portrait) shadow *= 0.72;
  if (portrait) lensBlur = lensBlur * 1.7 + 0.006;
  if (look.pose === "close_up") lensBlur *= 1.8;
  const keyLight = portrait
    ? multiplyColour(scenery.keyLight, [1.06, 1.01, 0.96])
    : scenery.keyLight;
  return { ...scenery, reflection, shadow, lensBlur, rimLight, keyLight };
}

/** @param longSide pixels of the frame's long side, without the overscan */
export function renderScene(
  scenery: Scenery,
  camera: Camera,
  look: Look,
  longSide: number,
  overscan = 1,
): RenderedScene {
  const pixelsPerUnit = longSide / (2 * Math.max(camera.halfWidth, camera.halfHeight));
  const width = Math.round(camera.halfWidth * 2 * overscan * pixelsPerUnit);
  const height = Math.round(camera.halfHeight * 2 * overscan * pixelsPerUnit);
  const light = new Float32Array(width * height * 3);
  const pixel = new Float32Array(3);
  const tint = warmthTint(look.warmth);
  const point: SurfacePoint = {
    x: 0,
    y: 0,
    onFloor: false,
    floorX: 0,
    floorZ: 0,
    distance: 1,
    pixelSize: 0,
  };
  const rays = scenery.raysPerPixel === 4 ? fourRays : oneRay;
  for (let row = 0; row < height; row++) {
    for (const [offsetX, offsetY] of rays) {
      point.y = (row + offsetY - height / 2) / pixelsPerUnit;
      lookAtRow(point, camera, scenery, pixelsPerUnit);
      for (let column = 0; column < width; column++) {
        point.x = (column + offsetX - width / 2) / pixelsPerUnit;
        point.floorX = point.x * point.distance;
        scenery.paint(point, pixel);
        const dark = exposure(point.x / camera.halfWidth, point.y / camera.halfHeight, look);
        const at = (row * width + column) * 3;
        for (let c = 0; c < 3; c++) light[at + c] += (pixel[c] * tint[c] * dark) / rays.length;
      }
    }
  }
  const scene = { scenery, light, width, height, overscan };
  focusOnSubject(scene, camera, pixelsPerUnit);
  return scene;
}

type RayOffset = readonly [number, number];
const oneRay: readonly RayOffset[] = [[0.5, 0.5]];
/** A turned square: near level and near upright edges both get four different steps. */
const fourRays: readonly RayOffset[] = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.625, 0.875],
  [0.125, 0.625],
];

/** Everything about a row that does not change along it. */
function lookAtRow(
  point: SurfacePoint,
  camera: Camera,
  scenery: Scenery,
  pixelsPerUnit: number,
): void {
  point.onFloor = point.y > scenery.edgeY;
  const floorY = Math.max(point.y, scenery.edgeY - 0.02);
  point.distance = camera.height / Math.max(0.02, descent(camera, floorY));
  point.floorZ = camera.back + point.distance * advance(camera, floorY);
  point.pixelSize = (point.distance * point.distance) / pixelsPerUnit;
}

/** Corners fall off as through a real lens; a dramatic look leaves light only in the middle. */
function exposure(x: number, y: number, look: Look): number {
  const corner = x * x * 0.55 + y * y * 0.45;
  const bright = look.model === "fashion_model_v1" ? 1.13 : 1;
  if (!look.dramatic) return bright - 0.13 * corner;
  return 0.52 * Math.exp(-corner * 1.5) + 0.1;
}

/** Depth of field: rows at the subject's distance stay sharp, nearer and farther ones melt. */
function focusOnSubject(scene: RenderedScene, camera: Camera, pixelsPerUnit: number): void {
  const { light, width, height, scenery } = scene;
  const radius = scenery.lensBlur * pixelsPerUnit;
  if (radius < 0.8) return;
  const soft = softBlur(light, width, height, radius, 3);
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5 - height / 2) / pixelsPerUnit;
    const distance = camera.height / Math.max(0.02, descent(camera, Math.max(y, scenery.edgeY)));
    const outOfFocus = Math.abs(1 - 1 / distance);
    const amount = clamp((outOfFocus - 0.07) * 3.2);
    if (amount <= 0) continue;
    const start = row * width * 3;
    for (let i = start; i < start + width * 3; i++) light[i] += (soft[i] - light[i]) * amount;
  }
}
