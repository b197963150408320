/**
 * A pinhole camera over a floor. Screen units: the picture's short side is 1, (0, 0) its middle,
 * y down. World units: 1 at the subject is 1 on the screen; the subject stands at (0, 0, 0), y up,
 * z away from us.
 */
export type Camera = {
  sin: number;
  cos: number;
  /** Distance of the screen; 1.9 is a 29° lens, close to what product photographers use. */
  focal: number;
  height: number;
  /** z of the camera, negative. */
  back: number;
  halfWidth: number;
  halfHeight: number;
  /** How much lower than usual the floor's far edge lies, as a share of the picture's height. */
  edgeDrop: number;
};

const FOCAL = 1.9;

/** @param anchorY screen row where the subject touches the floor */
export function createCamera(
  pitchSin: number,
  anchorY: number,
  frame: { halfWidth: number; halfHeight: number },
  edgeDrop = 0,
): Camera {
  const cos = Math.sqrt(1 - pitchSin * pitchSin);
  return {
    sin: pitchSin,
    cos,
    focal: FOCAL,
    height: anchorY * cos + FOCAL * pitchSin,
    back: anchorY * pitchSin - FOCAL * cos,
    halfWidth: frame.halfWidth,
    halfHeight: frame.halfHeight,
    edgeDrop,
  };
}

/** How steeply the ray through screen row `y` goes down; 0 or less never meets the floor. */
export const descent = (camera: Camera, y: number) => y * camera.cos + camera.focal * camera.sin;

/** How fast the ray through screen row `y` goes away from us. */
export const advance = (camera: Camera, y: number) => camera.focal * camera.cos - y * camera.sin;

/** Distance along the ray to the floor: 1 at the subject, more behind it. */
const floorDistance = (camera: Camera, y: number) => camera.height / descent(camera, y);

export const floorDepth = (camera: Camera, y: number) =>
  camera.back + floorDistance(camera, y) * advance(camera, y);
