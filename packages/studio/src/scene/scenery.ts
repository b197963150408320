import type { Camera } from "../camera.ts";
import type { Look } from "../look.ts";
import type { Colour } from "../pixels/light.ts";
import type { Noise } from "../pixels/noise.ts";
import { mix, smoothstep } from "../pixels/numbers.ts";

/** What a scene knows when it is built. */
export type Stage = {
  camera: Camera;
  look: Look;
  noise: Noise;
  random: () => number;
  /** Half the width of what stands in the scene, world units. */
  baseHalfWidth: number;
};

/** What the ray through one pixel meets. One object is reused for all pixels. */
export type SurfacePoint = {
  /** Screen position. */
  x: number;
  y: number;
  /** Whether the ray meets the floor in front of the scene's far edge. */
  onFloor: boolean;
  /** Floor position, subject at (0, 0), z away from us. Beyond the edge: the row of the edge. */
  floorX: number;
  floorZ: number;
  /** 1 at the subject, more behind. */
  distance: number;
  /** Size of a pixel on the floor, world units: texture finer than this would flicker. */
  pixelSize: number;
};

/** Writes linear light into `out[0..2]`. */
export type Painter = (point: SurfacePoint, out: Float32Array) => void;

export type Scenery = {
  paint: Painter;
  /** Screen row of the floor's far edge; may lie outside the picture. */
  edgeY: number;
  /** How strongly the floor mirrors the subject, 0 … 1. */
  reflection: number;
  /** How dark the core of the subject's shadow is, 0 … 1, and what light is left in it. */
  shadow: number;
  shadowTint: Colour;
  /** Light that falls on the subject: main light, and what comes back from the surroundings. */
  keyLight: Colour;
  ambient: Colour;
  /** Bright edge from behind, 0 … 1. */
  rimLight: number;
  /** Blur of the far parts, in screen units. */
  lensBlur: number;
  /** Scenes with hard outlines need several rays a pixel; the others are smooth by themselves. */
  raysPerPixel: 1 | 4;
};

/** The far edge sits above the middle for a level camera and leaves the picture as the camera rises. */
export function edgeRow(camera: Camera, level: number, raised: number): number {
  const rise = smoothstep(0.15, 0.74, camera.sin);
  return (mix(level, raised, rise) + camera.edgeDrop) * camera.halfHeight * 2;
}

/** Light of a large softbox on the floor: bright around the subject, on the key light's side. */
export function lightPool(point: SurfacePoint, side: number, width: number): number {
  const dx = point.floorX - side * 0.22;
  const dz = point.floorZ - 0.1;
  return Math.exp(-(dx * dx + dz * dz * 0.7) / (width * width));
}

/** Share of light a polished floor mirrors at this angle (Schlick). */
export function fresnel(camera: Camera, point: SurfacePoint): number {
  const down = point.y * camera.cos + camera.focal * camera.sin;
  const length = Math.sqrt(point.x * point.x + point.y * point.y + camera.focal * camera.focal);
  const grazing = 1 - Math.min(1, Math.abs(down) / length);
  return 0.04 + 0.96 * grazing ** 5;
}

export const warmthTint = (warmth: number): Colour =>
  warmth > 0 ? [1.09, 1, 0.84] : warmth < 0 ? [0.9, 0.99, 1.12] : [1, 1, 1];
