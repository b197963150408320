import { hex, mixColour, scaleColour } from "../pixels/light.ts";
import { bell, clamp, smoothstep } from "../pixels/numbers.ts";
import { edgeRow, fresnel, lightPool, type Scenery, type Stage } from "./scenery.ts";

/** Honed black stone under one narrow light, with a glow on the wall behind. */
export function createDark({ camera, look, noise }: Stage): Scenery {
  const glow = look.colour ? mixColour(look.colour, hex("#8a93a3"), 0.25) : hex("#7b8494");
  const stone = mixColour(hex("#2b2d31"), scaleColour(glow, 0.3), look.colour ? 0.5 : 0.12);
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.03, -0.62);
  const unit = camera.halfHeight * 2;
  return {
    edgeY,
    reflection: 0.2,
    shadow: 0.95,
    shadowTint: [0.04, 0.04, 0.05],
    keyLight: [1, 0.97, 0.93],
    ambient: mixColour([0.3, 0.32, 0.36], glow, 0.3),
    rimLight: 0.9,
    lensBlur: 0.008,
    raysPerPixel: 1,
    paint(point, out) {
      const glowX = (point.x + side * 0.1) / 0.55;
      const glowY = (point.y - edgeY + 0.16 * unit) / (0.34 * unit);
      const halo = 0.85 * Math.exp(-(glowX * glowX + glowY * glowY));
      const smoke = 1 + 0.35 * noise.fractal(point.x * 1.6 + 3, point.y * 2.2, 4);
      const wall = 0.028 + halo * smoke;
      const onFloor = smoothstep(edgeY - 0.012 * unit, edgeY + 0.012 * unit, point.y);

      const detail = clamp(0.006 / point.pixelSize);
      const clouds = noise.fractal(point.floorX * 3.1, point.floorZ * 3.1, 5);
      const specks = detail * noise.fractal(point.floorX * 60, point.floorZ * 60, 2);
      const pool = 0.06 + 1.25 * lightPool(point, side, 0.52);
      const body = pool * (0.85 + 0.42 * clouds + 0.22 * specks);
      // Polished patches mirror the glow of the wall; they are what makes black read as stone.
      const polish = fresnel(camera, point) * (0.8 + 0.5 * clouds);
      const mirrored = 0.9 * bell(point.floorX + side * 0.08, 0.5) * polish;
      for (let c = 0; c < 3; c++) {
        const floor = stone[c] * body * 1.9 + glow[c] * mirrored * 0.55;
        out[c] = glow[c] * wall * (1 - onFloor) + floor * onFloor;
      }
    },
  };
}
