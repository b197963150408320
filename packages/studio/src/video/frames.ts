import type { CameraMove } from "@tintype/core/generation";
import type { Layers } from "../compose/layers.ts";
import { clamp, randomFrom } from "../pixels/numbers.ts";
import { type CameraOffset, cameraAt } from "./camera-path.ts";
import {
  type Plane,
  type Planes,
  STEPS,
  type SubjectPlanes,
  scenePlanes,
  subjectPlanes,
} from "./planes.ts";
import { createProjection, type RowSource, type SubjectView } from "./projection.ts";
import { drawSubject, type View } from "./subject-view.ts";

const DITHER_SIDE = 64;

export type FrameSource = {
  /** Paints one frame (4:2:0, planes one after the other) into a buffer that the next call reuses. */
  frameAt(time: number): Uint8Array;
};

/** @param width even pixels of the video */
export function createFrameSource(
  layers: Layers,
  width: number,
  height: number,
  move: CameraMove,
  seed: number,
): FrameSource {
  const { scene, placement } = layers;
  const even = (value: number) => Math.round(value / 2) * 2;
  const planes = scenePlanes(
    scene,
    even(width * scene.overscan),
    even(height * scene.overscan),
    seed,
  );
  const subject = subjectPlanes(layers.subject);
  const frame = new Uint8Array((width * height * 3) / 2);
  const view = { width, height, perUnit: Math.min(width, height) };
  const dither = createDither(seed);
  return {
    frameAt(time) {
      const offset = cameraAt(move, time);
      const projection = createProjection(placement.camera, scene.scenery.edgeY, offset);
      drawScene(frame, view, planes, projection.rowSource, dither);
      drawFrameSubject(frame, view, subject, layers, projection.subject, offset);
      return frame;
    },
  };
}

/** Rounding noise in the finest steps: an 8-bit sky has no bands. */
function createDither(seed: number): Int32Array {
  const random = randomFrom(seed + 5);
  return Int32Array.from({ length: DITHER_SIDE * DITHER_SIDE }, () => Math.floor(random() * STEPS));
}

function drawScene(
  frame: Uint8Array,
  view: View,
  planes: Planes,
  rowSource: (y: number, into: RowSource) => void,
  dither: Int32Array,
): void {
  const { width, height, perUnit } = view;
  const { luma, blue, red } = planes;
  const source: RowSource = { y: 0, scale: 1, shift: 0 };
  const line: Line = { y: 0, start: 0, step: 1 };
  const chromaStart = width * height;
  const chromaSize = chromaStart >> 2;
  for (let row = 0; row < height; row++) {
    rowSource((row + 0.5 - height / 2) / perUnit, source);
    line.step = source.scale;
    line.y = source.y * perUnit + luma.height / 2 - 0.5;
    line.start = (0.5 - width / 2) * source.scale + source.shift * perUnit + luma.width / 2 - 0.5;
    const noise = dither.subarray((row % DITHER_SIDE) * DITHER_SIDE);
    drawRow(frame, row * width, width, luma, line, noise);
    if (row & 1) continue;
    line.y /= 2;
    line.start /= 2;
    const to = chromaStart + (row >> 1) * (width >> 1);
    drawRow(frame, to, width >> 1, blue, line, noise);
    drawRow(frame, to + chromaSize, width >> 1, red, line, noise);
  }
}

/** A straight line through a plane: where it starts and how far one pixel of the frame goes. */
type Line = { y: number; start: number; step: number };

/** The hot loop: one row, resampled along a line of the source. Positions are 16.16 fixed point. */
function drawRow(
  frame: Uint8Array,
  to: number,
  count: number,
  { data, width, height }: Plane,
  line: Line,
  noise: Int32Array,
): void {
  const y = clamp(line.y, 0, height - 1.001);
  const upper = Math.floor(y) * width;
  const lower = upper + width;
  const down = ((y - Math.floor(y)) * 256) | 0;
  const last = (width - 1) * 65_536 - 1;
  const stride = Math.round(line.step * 65_536);
  let position = Math.round(line.start * 65_536);
  for (let x = 0; x < count; x++) {
    const at = Math.min(last, Math.max(0, position));
    const i = at >> 16;
    const across = (at >> 8) & 255;
    const top = data[upper + i] * (256 - across) + data[upper + i + 1] * across;
    const bottom = data[lower + i] * (256 - across) + data[lower + i + 1] * across;
    const value = ((top >> 8) * (256 - down) + (bottom >> 8) * down) >> 8;
    frame[to + x] = (value + noise[x & (DITHER_SIDE - 1)]) >> 6;
    position += stride;
  }
}

function drawFrameSubject(
  frame: Uint8Array,
  view: View,
  subject: SubjectPlanes,
  { placement }: Layers,
  seen: SubjectView,
  offset: CameraOffset,
): void {
  const { camera } = placement;
  // The contact point is the floor point (0, 0, 0); everything else of the subject scales around it.
  const anchorY = (camera.height - camera.focal * camera.sin) / camera.cos;
  drawSubject(frame, view, subject, {
    anchorX: view.width / 2 + seen.x * view.perUnit,
    anchorY: view.height / 2 + seen.y * view.perUnit,
    left: placement.left * view.perUnit,
    top: (placement.top - anchorY) * view.perUnit,
    scale: seen.scale,
    yaw: offset.yaw,
    gleam: offset.gleam,
  });
}
