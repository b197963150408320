/** Red, green and blue. In linear light unless a name says otherwise. */
export type Colour = readonly [number, number, number];

const linearOfByte = new Float32Array(256);
for (let i = 0; i < 256; i++) {
  const v = i / 255;
  linearOfByte[i] = v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

/** sRGB byte to linear light 0 … 1. */
export const toLinear = (byte: number) => linearOfByte[byte];

/** `#rrggbb` as linear light. */
export const hex = (text: string): Colour => [
  toLinear(Number.parseInt(text.slice(1, 3), 16)),
  toLinear(Number.parseInt(text.slice(3, 5), 16)),
  toLinear(Number.parseInt(text.slice(5, 7), 16)),
];

const STEPS = 16_384;
const BRIGHTEST = 4;
const displayed = new Float32Array(STEPS * BRIGHTEST + 1);
for (let i = 0; i < displayed.length; i++) {
  const light = i / STEPS;
  // Highlights roll off instead of clipping: a softbox on white china keeps its shape.
  const rolled = light < 0.75 ? light : 0.75 + 0.25 * (1 - Math.exp(-(light - 0.75) / 0.25));
  const srgb = rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * rolled ** (1 / 2.4) - 0.055;
  displayed[i] = srgb * 255;
}

/** Linear light to an sRGB value 0 … 255 (not yet rounded, so that it can be dithered). */
export const toDisplay = (light: number) =>
  displayed[light <= 0 ? 0 : light >= BRIGHTEST ? STEPS * BRIGHTEST : (light * STEPS) | 0];

export const luminance = (r: number, g: number, b: number) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

export const scaleColour = (colour: Colour, by: number): Colour => [
  colour[0] * by,
  colour[1] * by,
  colour[2] * by,
];

export const mixColour = (a: Colour, b: Colour, amount: number): Colour => [
  a[0] + (b[0] - a[0]) * amount,
  a[1] + (b[1] - a[1]) * amount,
  a[2] + (b[2] - a[2]) * amount,
];

export const multiplyColour = (a: Colour, b: Colour): Colour => [
  a[0] * b[0],
  a[1] * b[1],
  a[2] * b[2],
];
