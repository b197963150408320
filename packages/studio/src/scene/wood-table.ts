import { hex, mixColour, multiplyColour } from "../pixels/light.ts";
import { mix, smoothstep } from "../pixels/numbers.ts";
import { addDisc, createBackdrop, sampleBackdrop } from "./bokeh.ts";
import { createPlanks } from "./planks.ts";
import { edgeRow, fresnel, lightPool, type Scenery, type Stage } from "./scenery.ts";

/** An oiled oak table by a window, a dim room with a few lamps behind it. */
export function createWoodTable({ camera, look, noise, random }: Stage): Scenery {
  const tint = look.colour ? mixColour([1, 1, 1], look.colour, 0.6) : hex("#ffffff");
  const planks = createPlanks(
    noise,
    multiplyColour(hex("#c4935f"), tint),
    multiplyColour(hex("#6b4023"), tint),
  );
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.03, -0.66);
  const unit = camera.halfHeight * 2;
  // Boards run across the picture for a level camera; seen from above a diagonal is livelier.
  const angle = mix(0.04, 0.5, smoothstep(0.2, 0.6, camera.sin)) * -side;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];

  const room = createBackdrop(camera.halfWidth, camera.halfHeight, (x, y, out) => {
    const wall = 0.1 + 0.12 * Math.exp(-((x - side * 0.5) ** 2) * 2 - (y + 0.2) ** 2 * 2);
    const stripes = 1 + 0.25 * noise.at(x * 2.2 + 8, y * 0.6);
    out[0] = 0.78 * wall * stripes;
    out[1] = 0.55 * wall * stripes;
    out[2] = 0.38 * wall * stripes;
  });
  for (let i = 0; i < 16; i++) {
    addDisc(room, {
      x: (random() * 2 - 1) * camera.halfWidth * 1.2,
      y: edgeY - random() ** 1.4 * 0.5 * unit,
      radius: 0.02 + random() * 0.035,
      colour: [1, 0.66 + random() * 0.16, 0.32 + random() * 0.2],
      strength: 0.06 + random() * 0.2,
    });
  }

  const behind = new Float32Array(3);
  return {
    edgeY,
    reflection: 0.07,
    shadow: 0.92,
    shadowTint: [0.2, 0.15, 0.11],
    keyLight: [1.03, 0.985, 0.92],
    ambient: [0.78, 0.68, 0.58],
    rimLight: 0.4,
    lensBlur: 0.011,
    raysPerPixel: 1,
    paint(point, out) {
      const onFloor = smoothstep(edgeY - 0.003 * unit, edgeY + 0.003 * unit, point.y);
      const along = point.floorX * cos + point.floorZ * sin;
      const across = point.floorZ * cos - point.floorX * sin + 0.11;
      planks.colourAt(along, across, point.pixelSize, out);
      const lit = 0.5 + 0.66 * lightPool(point, side, 0.85);
      const wave = 0.75 + 0.5 * noise.fractal(along * 2, across * 9, 2);
      const sheen = Math.min(0.4, fresnel(camera, point) * 1.2) * wave;
      const window = Math.exp(-((point.x - side * 0.42) ** 2) * 3.2);
      sampleBackdrop(room, point.x, point.y, behind);
      for (let c = 0; c < 3; c++) {
        const gleam = sheen * window * (c === 0 ? 0.6 : c === 1 ? 0.56 : 0.5);
        out[c] = mix(behind[c], out[c] * lit * (1 - sheen * 0.5) + gleam, onFloor);
      }
    },
  };
}
