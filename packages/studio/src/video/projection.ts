import { advance, type Camera, descent, floorDepth } from "../camera.ts";
import type { CameraOffset } from "./camera-path.ts";

/** How a row of the moved camera's picture is found in the painted scene; screen units. */
export type RowSource = {
  y: number;
  /** source x = x · scale + shift */
  scale: number;
  shift: number;
};

/** Where the subject is in the moved camera's picture: its contact point and its size. */
export type SubjectView = { x: number; y: number; scale: number };

/**
 * The scene was painted once, as a floor and an upright wall at its far edge. For both planes the
 * picture of a moved camera follows exactly, row by row, from the painted one.
 */
export function createProjection(camera: Camera, edgeY: number, offset: CameraOffset) {
  const height = camera.height + offset.up - offset.forward * camera.sin;
  const back = camera.back + offset.forward * camera.cos;
  const wallZ = floorDepth(camera, edgeY);
  const anchor = project(camera, -offset.right, -height, -back);
  const painted = project(camera, 0, -camera.height, -camera.back);
  // Turning the camera moves the whole picture; for small angles that is a plain shift.
  const turn = -anchor.x * offset.follow;
  const tilt = painted.y - anchor.y;

  const rowSource = (row: number, into: RowSource): void => {
    const y = row - tilt;
    const down = descent(camera, y);
    const away = advance(camera, y);
    let along = height / Math.max(1e-4, down);
    let [pointY, pointZ] = [0, back + along * away];
    if (down <= 1e-4 || pointZ > wallZ) {
      along = (wallZ - back) / away;
      pointZ = wallZ;
      pointY = height - along * down;
    }
    const seen = project(camera, 1, pointY - camera.height, pointZ - camera.back);
    into.y = seen.y;
    into.scale = along * seen.x;
    into.shift = (offset.right - turn * along) * seen.x;
  };
  const subject: SubjectView = {
    x: anchor.x + turn,
    y: painted.y,
    scale: camera.focal / anchor.depth,
  };
  return { rowSource, subject };
}

/** A point relative to the camera, on the screen. */
function project(camera: Camera, x: number, y: number, z: number) {
  const depth = z * camera.cos - y * camera.sin;
  const up = y * camera.cos + z * camera.sin;
  return {
    x: (x / depth) * camera.focal,
    y: (-up / depth) * camera.focal,
    depth,
  };
}
