import { hex, mixColour, multiplyColour } from "../pixels/light.ts";
import { mix, smoothstep } from "../pixels/numbers.ts";
import { addDisc, createBackdrop, sampleBackdrop } from "./bokeh.ts";
import { createPlanks } from "./planks.ts";
import { edgeRow, lightPool, type Scenery, type Stage } from "./scenery.ts";

/** A weathered garden table in dappled sun, foliage far out of focus. */
export function createOutdoorBokeh({ camera, look, noise, random }: Stage): Scenery {
  const planks = createPlanks(noise, hex("#d9c4a4"), hex("#8f7558"));
  const side = look.lightSide;
  const edgeY = edgeRow(camera, 0.02, -0.27);
  const unit = camera.halfHeight * 2;
  const leaves = look.colour ? mixColour(hex("#7fa05a"), look.colour, 0.55) : hex("#86a95c");
  const shade = multiplyColour(leaves, [0.22, 0.26, 0.2]);
  const sky = mixColour(hex("#f6f3d8"), leaves, 0.25);

  const garden = createBackdrop(camera.halfWidth, camera.halfHeight, (x, y, out) => {
    const height = (edgeY - y) / unit;
    const masses = noise.fractal(x * 1.5 + 2, y * 1.7, 3);
    const foliage = smoothstep(-0.5, 0.55, masses + height * 0.45);
    const sunX = x - side * 0.55;
    const sun = Math.exp(-(sunX * sunX + (height - 0.55) ** 2) * 3.5);
    const open = smoothstep(0.1, 0.75, masses * 0.6 + height * 0.8) * 0.55;
    for (let c = 0; c < 3; c++) {
      const green = mix(shade[c], leaves[c] * 0.72, foliage);
      out[c] = mix(green, sky[c] * 0.8, open) + sun * (c === 0 ? 0.6 : c === 1 ? 0.52 : 0.26);
    }
  });
  for (let i = 0; i < 64; i++) {
    const bright = random();
    addDisc(garden, {
      x: (random() * 2 - 1) * camera.halfWidth * 1.25,
      y: edgeY - (random() ** 1.2 - 0.04) * (edgeY + camera.halfHeight * 1.2),
      radius: 0.014 + random() ** 1.5 * 0.06,
      colour: mixColour(leaves, [1, 0.93, 0.66], 0.35 + 0.6 * bright),
      strength: 0.05 + bright * bright * 0.3,
    });
  }

  const behind = new Float32Array(3);
  return {
    edgeY,
    reflection: 0,
    shadow: 0.88,
    shadowTint: [0.2, 0.21, 0.22],
    keyLight: [1.06, 1, 0.9],
    ambient: mixColour([0.85, 0.88, 0.86], leaves, 0.3),
    rimLight: 0.6,
    lensBlur: 0.013,
    raysPerPixel: 1,
    paint(point, out) {
      const onFloor = smoothstep(edgeY - 0.004 * unit, edgeY + 0.004 * unit, point.y);
      const across = point.floorX * 0.97 + point.floorZ * 0.24 + 0.07;
      const along = point.floorZ * 0.97 - point.floorX * 0.24;
      planks.colourAt(along, across, point.pixelSize, out);
      // Sun through leaves makes overlapping soft spots, never a sharp texture.
      const spots = noise.fractal(point.floorX * 2.1 + 6, point.floorZ * 2.1, 3);
      const sunny =
        0.5 + 0.5 * smoothstep(-0.28, 0.2, spots + 0.5 * lightPool(point, side, 0.6) - 0.12);
      const fade = 1 - 0.25 * smoothstep(0.1, -0.9, point.floorZ);
      sampleBackdrop(garden, point.x, point.y, behind);
      const haze = smoothstep(edgeY + 0.16 * unit, edgeY, point.y) * 0.22;
      for (let c = 0; c < 3; c++) {
        const warm = c === 0 ? 1.06 : c === 1 ? 1 : 0.86;
        const cool = c === 0 ? 0.9 : c === 1 ? 0.98 : 1.06;
        const table = out[c] * fade * sunny * mix(cool, warm, sunny) * 1.06;
        out[c] = mix(behind[c], mix(table, behind[c], haze), onFloor);
      }
    },
  };
}
