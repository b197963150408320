import type { CameraMove } from "@tintype/core/generation";
import { mix, smoothstep } from "../pixels/numbers.ts";

/** Where the camera is at one moment, as an offset in world units from where the scene was painted. */
export type CameraOffset = {
  /** To the right, up, and along the line of sight. */
  right: number;
  up: number;
  forward: number;
  /** How much of the sideways movement the camera turns back, so that the subject stays in the middle: 0 … 1. */
  follow: number;
  /** Turn of the subject seen from the camera, radians. */
  yaw: number;
  /** Position of a gleam that runs over the subject: 0 left edge, 1 right edge. */
  gleam: number;
};

/** @param time 0 … 1 through the video */
export function cameraAt(move: CameraMove, time: number): CameraOffset {
  const eased = smoothstep(0, 1, time);
  const gleam = mix(-0.5, 1.5, smoothstep(0.1, 0.9, time));
  switch (move) {
    case "orbit": {
      const swing = mix(-1, 1, eased);
      return {
        right: 0.21 * swing,
        up: 0.035 * (1 - swing * swing),
        forward: 0.09 * (1 - swing * swing),
        follow: 1,
        yaw: -0.15 * swing,
        gleam,
      };
    }
    case "dolly":
      return {
        right: 0,
        up: mix(0.05, -0.05, eased),
        forward: mix(-0.08, 0.4, eased),
        follow: 1,
        yaw: 0,
        gleam,
      };
    case "pan": {
      const slide = mix(1, -1, eased);
      return {
        right: 0.15 * slide,
        up: 0,
        forward: mix(0.04, 0.14, eased),
        follow: 0.45,
        yaw: -0.05 * slide,
        gleam,
      };
    }
  }
}
