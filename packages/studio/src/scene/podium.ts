import { advance, descent } from "../camera.ts";
import { type Colour, hex, mixColour, scaleColour } from "../pixels/light.ts";
import { mix, smoothstep } from "../pixels/numbers.ts";
import { levelLight, normalise, type Solids, type Step, solidLight } from "./podium-solids.ts";
import { edgeRow, type Scenery, type Stage } from "./scenery.ts";

/** Round steps and balls of matt plaster, traced ray by ray, so that they are right from any height. */
export function createPodium({ camera, look, baseHalfWidth }: Stage): Scenery {
  const colour: Colour = look.colour ?? hex("#e6cdbd");
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.07, -0.5);
  const unit = camera.halfHeight * 2;
  const solids = arrangeSolids(baseHalfWidth, side);
  const ray = { x: 0, y: 0, z: 0 };
  return {
    edgeY,
    reflection: 0.03,
    shadow: 0.82,
    shadowTint: scaleColour(colour, 0.35),
    keyLight: [1.01, 0.995, 0.97],
    ambient: mixColour([0.92, 0.92, 0.94], colour, 0.45),
    rimLight: 0.35,
    lensBlur: 0.004,
    raysPerPixel: 4,
    paint(point, out) {
      ray.x = point.x;
      ray.y = Math.min(-1e-3, -descent(camera, point.y));
      ray.z = advance(camera, point.y);
      let light = solidLight(solids, ray, camera.height, camera.back);
      if (light < 0) {
        const t = (solids.ground - camera.height) / ray.y;
        const [gx, gz] = [ray.x * t, camera.back + ray.z * t];
        const pool = Math.exp(-((gx - side * 0.2) ** 2 + (gz - 0.1) ** 2) * 0.75);
        const floor = (0.68 + 0.34 * pool) * levelLight(solids, gx, gz, solids.ground);
        const glowX = point.x - side * 0.15;
        const glow = Math.exp(-glowX * glowX * 2 - (point.y - edgeY + 0.2) ** 2 * 3);
        const bend = smoothstep(edgeY + 0.14 * unit, edgeY - 0.12 * unit, point.y);
        light = mix(floor, 0.6 + 0.4 * glow, bend) * 0.95;
      }
      for (let c = 0; c < 3; c++) out[c] = colour[c] * light;
    },
  };
}

function arrangeSolids(baseHalfWidth: number, side: number): Solids {
  const radius = Math.max(0.2, baseHalfWidth * 1.16 + 0.035);
  const upper: Step = { radius, top: 0, height: 0.075 };
  const lower: Step = { radius: radius * 1.3 + 0.04, top: -upper.height, height: 0.09 };
  return {
    steps: [upper, lower],
    balls: [
      { x: -side * (lower.radius + 0.1), z: 0.34, radius: 0.085 },
      { x: side * (lower.radius + 0.15), z: 0.2, radius: 0.05 },
    ],
    ground: -upper.height - lower.height,
    toLight: normalise(side * 0.62, 0.95, -0.42),
  };
}
