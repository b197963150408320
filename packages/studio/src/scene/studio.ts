import { hex, mixColour, scaleColour } from "../pixels/light.ts";
import { bell, mix, smoothstep } from "../pixels/numbers.ts";
import { edgeRow, lightPool, type Scenery, type Stage } from "./scenery.ts";

/** Seamless paper: floor and wall are one sheet, the bend between them only a change of light. */
export function createStudio({ camera, look, noise }: Stage): Scenery {
  const paper = look.colour ?? hex("#dfe2e6");
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.02, -0.5);
  const unit = camera.halfHeight * 2;
  return {
    edgeY,
    reflection: 0.1,
    shadow: 0.85,
    shadowTint: scaleColour(mixColour(paper, [1, 1, 1], 0.3), 0.35),
    keyLight: [1, 0.995, 0.985],
    ambient: mixColour([0.9, 0.92, 0.95], paper, 0.35),
    rimLight: 0.35,
    lensBlur: 0.004,
    raysPerPixel: 1,
    paint(point, out) {
      const pool = lightPool(point, side, 0.95);
      const floor = 0.76 + 0.36 * pool - 0.1 * smoothstep(0.2, -0.9, point.floorZ);
      const glowX = (point.x - side * 0.12) / 0.72;
      const glowY = (point.y - edgeY + 0.2 * unit) / (0.62 * unit);
      const wall = 0.72 + 0.38 * Math.exp(-(glowX * glowX + glowY * glowY));
      const bend = smoothstep(edgeY + 0.17 * unit, edgeY - 0.13 * unit, point.y);
      let light = mix(floor, wall, bend);
      // The bend faces neither lamp, so it is the darkest line of the sheet.
      light -= 0.012 * bell(point.y - edgeY - 0.02 * unit, 0.09 * unit);
      light *= 1 + 0.012 * noise.fractal(point.x * 1.7, point.y * 1.7, 2);
      out[0] = paper[0] * light;
      out[1] = paper[1] * light;
      out[2] = paper[2] * light;
    },
  };
}
