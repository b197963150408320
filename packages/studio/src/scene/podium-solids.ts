import { clamp, smoothstep } from "../pixels/numbers.ts";

export type Vector = { x: number; y: number; z: number };
/** An upright cylinder around the origin. */
export type Step = { radius: number; top: number; height: number };
export type Ball = { x: number; z: number; radius: number };
export type Solids = {
  steps: readonly Step[];
  balls: readonly Ball[];
  /** Height of the floor everything stands on. */
  ground: number;
  toLight: Vector;
};

export function normalise(x: number, y: number, z: number): Vector {
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length };
}

/** Brightness of what the ray from (0, eyeY, eyeZ) meets, or -1 when it meets no solid. */
export function solidLight(solids: Solids, ray: Vector, eyeY: number, eyeZ: number): number {
  for (const step of solids.steps) {
    const light = stepLight(solids, step, ray, eyeY, eyeZ);
    if (light >= 0) return light;
  }
  for (const ball of solids.balls) {
    const light = ballLight(solids, ball, ray, eyeY, eyeZ);
    if (light >= 0) return light;
  }
  return -1;
}

/** Light on a level surface: what stands above it casts a shadow and takes away sky. */
export function levelLight(solids: Solids, x: number, z: number, y: number): number {
  const { steps, balls, ground, toLight } = solids;
  let light = 1;
  for (const step of steps) {
    if (step.top - 1e-6 <= y) continue;
    const rise = step.top - y;
    const beyond = distanceToSweep(x, z, -toLight.x * rise, -toLight.z * rise) - step.radius;
    const cast = smoothstep(0.05, -0.05, beyond) * 0.34;
    const beside = Math.max(0, Math.hypot(x, z) - step.radius);
    light *= (1 - cast) * (1 - Math.exp(-beside / (rise * 0.7)) * 0.3);
  }
  if (y > ground + 1e-6) return light;
  for (const ball of balls) {
    const offset = ball.radius / toLight.y;
    const dx = x - ball.x + toLight.x * offset;
    const dz = z - ball.z + toLight.z * offset;
    const cast = smoothstep(1.5, 0.5, Math.hypot(dx, dz * 0.9) / ball.radius) * 0.4;
    const beside = Math.hypot(x - ball.x, z - ball.z) / ball.radius;
    light *= (1 - cast) * (1 - Math.exp(-beside * beside * 1.6) * 0.4);
  }
  return light;
}

/** Matt plaster under the key light and the sky. */
const surface = ({ toLight }: Solids, nx: number, ny: number, nz: number) =>
  0.42 + 0.62 * Math.max(0, nx * toLight.x + ny * toLight.y + nz * toLight.z) + 0.08 * ny;

function stepLight(solids: Solids, step: Step, ray: Vector, eyeY: number, eyeZ: number): number {
  const atTop = (step.top - eyeY) / ray.y;
  const [topX, topZ] = [ray.x * atTop, eyeZ + ray.z * atTop];
  const fromAxis = Math.hypot(topX, topZ);
  if (atTop > 0 && fromAxis < step.radius) {
    const rim = smoothstep(step.radius - 0.012, step.radius - 0.002, fromAxis) * 0.1;
    return surface(solids, 0, 1, 0) * levelLight(solids, topX, topZ, step.top) + rim;
  }
  const hit = cylinderHit(ray, eyeZ, step.radius);
  const y = eyeY + ray.y * hit;
  if (hit <= 0 || y > step.top || y < step.top - step.height) return -1;
  const nx = (ray.x * hit) / step.radius;
  const nz = (eyeZ + ray.z * hit) / step.radius;
  const fromFoot = (y - step.top + step.height) / step.height;
  return surface(solids, nx, 0, nz) * (0.72 + 0.28 * smoothstep(0, 0.75, fromFoot));
}

function ballLight(solids: Solids, ball: Ball, ray: Vector, eyeY: number, eyeZ: number): number {
  const centreY = solids.ground + ball.radius - eyeY;
  const centreZ = ball.z - eyeZ;
  const a = ray.x * ray.x + ray.y * ray.y + ray.z * ray.z;
  const b = ray.x * ball.x + ray.y * centreY + ray.z * centreZ;
  const c = ball.x * ball.x + centreY * centreY + centreZ * centreZ - ball.radius ** 2;
  const inside = b * b - a * c;
  if (inside <= 0) return -1;
  const t = (b - Math.sqrt(inside)) / a;
  const nx = (ray.x * t - ball.x) / ball.radius;
  const ny = (ray.y * t - centreY) / ball.radius;
  const nz = (ray.z * t - centreZ) / ball.radius;
  return surface(solids, nx, ny, nz) * (0.82 + 0.18 * smoothstep(-1, 0.1, ny));
}

/** Distance on the floor from (x, z) to the line from the origin to (toX, toZ). */
function distanceToSweep(x: number, z: number, toX: number, toZ: number): number {
  const along = clamp((x * toX + z * toZ) / (toX * toX + toZ * toZ + 1e-9));
  return Math.hypot(x - toX * along, z - toZ * along);
}

/** Distance along the ray to an upright cylinder around the origin, or -1. */
function cylinderHit(ray: Vector, eyeZ: number, radius: number): number {
  const a = ray.x * ray.x + ray.z * ray.z;
  const b = ray.z * eyeZ;
  const inside = b * b - a * (eyeZ * eyeZ - radius * radius);
  return inside < 0 ? -1 : (-b - Math.sqrt(inside)) / a;
}
