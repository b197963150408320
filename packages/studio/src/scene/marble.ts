import { hex, mixColour, multiplyColour, scaleColour } from "../pixels/light.ts";
import { clamp, mix, smoothstep } from "../pixels/numbers.ts";
import { edgeRow, fresnel, lightPool, type Scenery, type Stage } from "./scenery.ts";

/** A polished white slab with grey veins and a touch of gold, in front of a soft plaster wall. */
export function createMarble({ camera, look, noise, random }: Stage): Scenery {
  const tint = look.colour ? mixColour([1, 1, 1], look.colour, 0.55) : hex("#fbf9f6");
  const slab = multiplyColour(hex("#eceae7"), tint);
  const vein = multiplyColour(hex("#6d6b6c"), tint);
  const gold = multiplyColour(hex("#b3935f"), tint);
  const wallColour = look.colour ? mixColour(look.colour, hex("#d8d3cd"), 0.4) : hex("#cfcac4");
  const side = look.lightSide;
  const edgeY = edgeRow(camera, -0.03, -0.62);
  const unit = camera.halfHeight * 2;
  const angle = 0.5 + random() * 0.6;
  const [turnX, turnZ] = [Math.cos(angle), Math.sin(angle)];

  /** 1 on a vein, 0 beside it: the zero line of warped noise, as thin as `sharpness` says. */
  const veinAt = (u: number, v: number, sharpness: number) => {
    const ridge = 1 - Math.abs(noise.at(u, v)) * sharpness;
    return ridge > 0 ? ridge * ridge : 0;
  };

  return {
    edgeY,
    reflection: 0.2,
    shadow: 0.86,
    shadowTint: [0.25, 0.25, 0.27],
    keyLight: [1, 0.995, 0.985],
    ambient: mixColour([0.95, 0.95, 0.96], scaleColour(slab, 1), 0.5),
    rimLight: 0.35,
    lensBlur: 0.009,
    raysPerPixel: 1,
    paint(point, out) {
      const u = (point.floorX * turnX + point.floorZ * turnZ) * 1.25;
      const v = (point.floorZ * turnX - point.floorX * turnZ) * 1.25;
      const warpU = noise.fractal(u * 0.9 + 3.1, v * 0.9, 4);
      const warpV = noise.fractal(u * 0.9, v * 0.9 + 7.7, 4);
      const strength = smoothstep(-0.35, 0.4, noise.at(u * 0.8 + 11, v * 0.8));
      const broad = veinAt(u * 0.75 + warpU * 0.75, v * 1.5 + warpV * 0.75, 9);
      const halo = veinAt(u * 0.75 + warpU * 0.75, v * 1.5 + warpV * 0.75, 2.6);
      const fine = veinAt(u * 1.9 + warpV * 0.9 + 5, v * 2.7 + warpU * 0.9, 14);
      const hair = veinAt(u * 4.4 + warpU * 1.4, v * 4.1 + warpV * 1.4 + 2, 16);
      const detail = clamp(0.004 / point.pixelSize);
      const clouds = 0.055 * warpU + 0.03 * warpV;
      const dark = clamp(
        broad * strength * 0.85 +
          halo * strength * 0.16 +
          (fine * 0.5 + hair * 0.16 * detail) * strength,
      );
      const golden = clamp(broad * strength * 0.5 + fine * 0.1) * smoothstep(0, 0.5, warpV);
      const lit = 0.76 + 0.4 * lightPool(point, side, 0.9);
      const polish = Math.min(0.5, fresnel(camera, point));

      const onFloor = smoothstep(edgeY - 0.003 * unit, edgeY + 0.003 * unit, point.y);
      const glow = 0.6 + 0.4 * Math.exp(-((point.x - side * 0.25) ** 2) * 2.4);
      const lip = Math.exp(-(((point.y - edgeY - 0.006 * unit) / (0.004 * unit)) ** 2)) * 0.12;
      for (let c = 0; c < 3; c++) {
        const stone = mix(slab[c] * (1 + clouds), mix(vein[c], gold[c], golden), dark) * lit;
        const wall = wallColour[c] * glow * (0.86 + 0.3 * (edgeY - point.y));
        out[c] = mix(wall, mix(stone, wallColour[c] * glow, polish * 0.8) + lip, onFloor);
      }
    },
  };
}
