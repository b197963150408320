import { softBlur } from "../pixels/blur.ts";
import { clamp, mix } from "../pixels/numbers.ts";
import type { Placement } from "../placement.ts";
import type { RenderedScene } from "../scene/render-scene.ts";
import type { SubjectLayer } from "./subject-layer.ts";

/**
 * Mirrors the subject in the floor. The line of contact is the front half of the base seen as an
 * ellipse, so a round base gets a round reflection and nothing is mirrored in mid-air.
 */
export function mirrorSubject(
  scene: RenderedScene,
  subject: SubjectLayer,
  placement: Placement,
): void {
  // From above we see little of a mirror image: mostly the underside, and that is not in the photo.
  const strength = scene.scenery.reflection * mix(1, 0.6, placement.fromAbove);
  if (strength < 0.02) return;
  const { width, height, light } = scene;
  const perUnit = width / (placement.camera.halfWidth * 2 * scene.overscan);
  const left = width / 2 + placement.left * perUnit;
  const bottom = height / 2 + (placement.top + placement.height) * perUnit;
  const floor = height / 2 + placement.baseY * perUnit;
  const centre = left + (placement.width * perUnit) / 2;
  const radius = placement.baseHalfWidth * perUnit;
  // Things seen from the front are rarely as deep as they are wide.
  const rise = radius * placement.camera.sin * mix(0.5, 1, placement.fromAbove);
  const step = subject.width / (placement.width * perUnit);
  const reach = placement.height * perUnit * mix(0.8, 0.3, placement.fromAbove);
  const first = Math.max(0, Math.floor(floor - rise));
  const rows = height - first;
  if (rows <= 2) return;

  const mirrored = new Float32Array(width * rows * 4);
  for (let x = 0; x < width; x++) {
    const sx = Math.floor((x + 0.5 - left) * step);
    if (sx < 0 || sx >= subject.width) continue;
    const across = clamp(Math.abs(x - centre) / radius);
    const line = floor - rise * (1 - Math.sqrt(1 - across * across));
    // The sides of something seen from above lie far behind its front and hide their own reflection.
    const front = mix(1, 1 - across ** 4, placement.fromAbove);
    for (let y = Math.max(first, Math.floor(line)); y < height; y++) {
      const depth = y + 0.5 - line;
      const sy = Math.floor((2 * line - y - (floor - bottom) - bottom) * step + subject.height);
      const fade = 1 - depth / reach;
      if (fade <= 0 || sy < 0) break;
      if (sy >= subject.height) continue;
      const from = (sy * subject.width + sx) * 4;
      const to = ((y - first) * width + x) * 4;
      const amount = strength * front * fade ** 1.4;
      for (let c = 0; c < 4; c++) mirrored[to + c] = subject.light[from + c] * amount;
    }
  }
  const soft = softBlur(mirrored, width, rows, Math.max(1, perUnit * 0.0035), 4);
  for (let i = 0; i < width * rows; i++) {
    const clear = 1 - soft[i * 4 + 3];
    const at = (first * width + i) * 3;
    for (let c = 0; c < 3; c++) light[at + c] = light[at + c] * clear + soft[i * 4 + c];
  }
}
