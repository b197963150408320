import { type Colour, hex, mixColour, scaleColour } from "../pixels/light.ts";
import { mix, smoothstep } from "../pixels/numbers.ts";
import { edgeRow, type Scenery, type Stage } from "./scenery.ts";

/** Two pastel sheets and the light of a window with a plant in front of it. */
export function createPastel({ camera, look, noise, random }: Stage): Scenery {
  const pairs: readonly [string, string][] = [
    ["#f3bfae", "#f8e0d2"],
    ["#bcd3ec", "#f4dfe6"],
    ["#c9d9bd", "#f3ebd9"],
    ["#d3c5ea", "#f6e4ea"],
  ];
  const pair = pairs[Math.floor(random() * pairs.length)];
  const wallColour: Colour = look.colour ?? hex(pair[0]);
  const floorColour: Colour = look.colour
    ? mixColour(look.colour, [1, 0.97, 0.94], 0.45)
    : hex(pair[1]);
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.04, -0.37);
  const unit = camera.halfHeight * 2;

  /** How much window light reaches a place; coordinates run across and along the sunbeam. */
  const windowLight = (across: number, along: number) => {
    const leaf = noise.fractal(across * 2.6 + along * 1.1, along * 2.2 - across * 0.8, 3);
    const shade = smoothstep(0.02, 0.34, leaf) * 0.75;
    const pane = (across + 4) % 0.46;
    const bars = smoothstep(0, 0.035, pane) * smoothstep(0.46, 0.425, pane);
    const beam = smoothstep(-0.95, -0.75, across) * smoothstep(0.95, 0.75, across);
    const cross = smoothstep(0.012, 0.05, Math.abs(((along + 5.1) % 0.9) - 0.45));
    return bars * beam * cross * (1 - shade);
  };

  return {
    edgeY,
    reflection: 0.05,
    shadow: 0.8,
    shadowTint: scaleColour(mixColour(floorColour, wallColour, 0.5), 0.42),
    keyLight: [1.02, 0.995, 0.96],
    ambient: mixColour([0.95, 0.95, 0.97], floorColour, 0.45),
    rimLight: 0.3,
    lensBlur: 0.005,
    raysPerPixel: 1,
    paint(point, out) {
      const onFloor = smoothstep(edgeY - 0.004 * unit, edgeY + 0.004 * unit, point.y);
      const floorSun = windowLight(
        point.floorX + side * point.floorZ * 0.55 + 0.12,
        point.floorZ * 0.8 - side * point.floorX * 0.25,
      );
      const rise = edgeY - point.y;
      const wallSun = windowLight(point.x * 1.2 - side * rise * 0.5 + 0.2, rise * 1.1 + 0.4);
      const sun = mix(wallSun * 0.8, floorSun, onFloor);
      const crease = 1 - 0.12 * Math.exp(-Math.abs(point.y - edgeY) / (0.05 * unit));
      const fade = 1 - 0.1 * Math.abs(point.x + side * 0.2);
      for (let c = 0; c < 3; c++) {
        const sheet = mix(wallColour[c] * 0.95, floorColour[c], onFloor);
        // Shade keeps some colour of the sky: it is cooler than the sun.
        const shade = 0.7 + (c === 2 ? 0.035 : 0);
        out[c] = sheet * crease * fade * (shade + sun * (c === 2 ? 0.3 : 0.35));
      }
    },
  };
}
