import { type Colour, mixColour } from "../pixels/light.ts";
import type { Noise } from "../pixels/noise.ts";
import { clamp, smoothstep } from "../pixels/numbers.ts";

export type Planks = {
  /** Linear light of the bare wood at a place on the table, world units. */
  colourAt(along: number, across: number, pixelSize: number, out: Float32Array): void;
};

const WIDTH = 0.3;

/** Sawn boards side by side: year rings cut at an angle, fibres, pores, and a dark joint between boards. */
export function createPlanks(noise: Noise, early: Colour, late: Colour): Planks {
  const middle = mixColour(early, late, 0.5);
  return {
    colourAt(along, across, pixelSize, out) {
      const board = Math.floor(across / WIDTH);
      const inside = across / WIDTH - board;
      const shift = noise.cell(board * 7 + 3) * 40;
      const u = along + shift;
      const v = across + shift * 0.37;
      // A board is cut from a cone of rings: far from its heart the lines run straight, near it they close in arches.
      const heart = (noise.cell(board * 3 + 1) - 0.5) * WIDTH * 1.4;
      const offset = (inside - 0.5) * WIDTH - heart;
      const wander = noise.fractal(u * 0.85, v * 2.2, 3) * 0.055;
      const radius = Math.sqrt(
        (offset + wander) ** 2 + (0.09 + 0.035 * noise.at(u * 0.5, 1.5)) ** 2,
      );
      // Years differ: rings crowd together and spread again.
      const years =
        radius * 34 + noise.at(radius * 9, shift) * 2.6 + noise.fractal(u * 1.1, v * 6, 2) * 1.1;
      const phase = years - Math.floor(years);
      const hardness = 0.45 + 0.75 * noise.cell(Math.floor(years) + board * 11);
      const ringDetail = clamp(0.012 / pixelSize);
      // Late wood is a sharp line on one side of a ring and fades into early wood on the other.
      const ring =
        smoothstep(0.05, 0.8, phase) * smoothstep(1, 0.88, phase) * ringDetail * hardness;
      const fibreDetail = clamp(0.0035 / pixelSize);
      const fibre = noise.fractal(u * 5.5, v * 130, 3) * fibreDetail;
      const pores = smoothstep(0.28, 0.62, noise.at(u * 13, v * 260)) * fibreDetail;
      const stain = noise.fractal(u * 0.7 + 4, v * 1.6, 3);

      const lateness = clamp(0.3 + ring * 0.34 + fibre * 0.26 + stain * 0.26);
      const tone = (0.8 + 0.36 * noise.cell(board)) * (1 - pores * 0.22);
      const edge = Math.min(inside, 1 - inside) * WIDTH;
      const joint = smoothstep(0.0012 + pixelSize * 0.5, 0.0045 + pixelSize, edge);
      const rounding = 1 + 0.1 * smoothstep(0.014, 0.005, edge) * joint;
      const light = tone * (0.16 + 0.84 * joint) * rounding;
      const redness = noise.cell(board * 5 + 2) - 0.5;
      for (let c = 0; c < 3; c++) {
        const wood = early[c] + (late[c] - early[c]) * lateness;
        out[c] = (wood + (middle[c] - wood) * 0.1) * light * (c === 0 ? 1 + redness * 0.06 : 1);
      }
    },
  };
}
