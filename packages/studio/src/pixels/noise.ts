import { randomFrom } from "./numbers.ts";

const TABLE = 256;
const MASK = TABLE - 1;

export type Noise = {
  /** Gradient noise, about -0.7 … 0.7, feature size 1. */
  at(x: number, y: number): number;
  /** Octaves of `at`, each half as strong and twice as fine, about -1 … 1. */
  fractal(x: number, y: number, octaves: number): number;
  /** One number in 0 … 1 for a whole cell, such as the tone of a plank. */
  cell(index: number): number;
};

/** Gradient noise has no blocky look at low frequencies, which value noise has on marble and wood. */
export function createNoise(seed: number): Noise {
  const random = randomFrom(seed);
  const gradientX = new Float32Array(TABLE * TABLE);
  const gradientY = new Float32Array(TABLE * TABLE);
  const cells = new Float32Array(TABLE);
  for (let i = 0; i < gradientX.length; i++) {
    const angle = random() * Math.PI * 2;
    gradientX[i] = Math.cos(angle);
    gradientY[i] = Math.sin(angle);
  }
  for (let i = 0; i < TABLE; i++) cells[i] = random();

  const at = (x: number, y: number): number => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const fx = x - column;
    const fy = y - row;
    const left = column & MASK;
    const right = (column + 1) & MASK;
    const top = (row & MASK) * TABLE;
    const bottom = ((row + 1) & MASK) * TABLE;
    const a = gradientX[top + left] * fx + gradientY[top + left] * fy;
    const b = gradientX[top + right] * (fx - 1) + gradientY[top + right] * fy;
    const c = gradientX[bottom + left] * fx + gradientY[bottom + left] * (fy - 1);
    const d = gradientX[bottom + right] * (fx - 1) + gradientY[bottom + right] * (fy - 1);
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const upper = a + (b - a) * u;
    return upper + (c + (d - c) * u - upper) * v;
  };

  const fractal = (x: number, y: number, octaves: number): number => {
    let sum = 0;
    let weight = 1;
    let px = x;
    let py = y;
    for (let i = 0; i < octaves; i++) {
      sum += weight * at(px, py);
      weight *= 0.5;
      // A turn between octaves keeps the lattice of one from lining up with the next.
      const turned = px * 1.616 - py * 1.212 + 17.3;
      py = px * 1.212 + py * 1.616 + 9.7;
      px = turned;
    }
    return sum;
  };

  return { at, fractal, cell: (index) => cells[index & MASK] };
}
