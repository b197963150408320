/**
 * Box blur of interleaved float pixels, edges repeated. Running sums: the cost does not depend on
 * the radius. `radius` is in pixels.
 */
export function boxBlur(
  source: Float32Array,
  width: number,
  height: number,
  radius: number,
  channels = 1,
): Float32Array {
  const reach = Math.max(1, Math.round(radius));
  const rows = new Float32Array(source.length);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      blurLine(source, rows, y * width * channels + c, channels, width, reach);
    }
  }
  return blurColumns(rows, width * channels, height, reach);
}

/** Three boxes in a row look like a Gaussian of about `radius` pixels. */
export function softBlur(
  source: Float32Array,
  width: number,
  height: number,
  radius: number,
  channels = 1,
): Float32Array {
  const reach = Math.max(1, radius / 1.8);
  let blurred = source;
  for (let pass = 0; pass < 3; pass++) blurred = boxBlur(blurred, width, height, reach, channels);
  return blurred;
}

function blurLine(
  source: Float32Array,
  target: Float32Array,
  start: number,
  stride: number,
  count: number,
  reach: number,
): void {
  const last = count - 1;
  const share = 1 / (2 * reach + 1);
  let sum = source[start] * reach;
  for (let i = 0; i <= reach; i++) sum += source[start + Math.min(i, last) * stride];
  for (let i = 0; i < count; i++) {
    target[start + i * stride] = sum * share;
    const enters = i + reach + 1;
    const leaves = i - reach;
    sum +=
      source[start + Math.min(last, enters) * stride] -
      source[start + Math.max(0, leaves) * stride];
  }
}

/** Column sums are kept for a whole row at once, so memory is read in order. */
function blurColumns(
  source: Float32Array,
  rowLength: number,
  height: number,
  reach: number,
): Float32Array {
  const target = new Float32Array(source.length);
  const sums = new Float64Array(rowLength);
  const last = height - 1;
  const share = 1 / (2 * reach + 1);
  for (let y = -reach; y <= reach; y++) {
    const row = Math.min(last, Math.max(0, y)) * rowLength;
    for (let x = 0; x < rowLength; x++) sums[x] += source[row + x];
  }
  for (let y = 0; y < height; y++) {
    const row = y * rowLength;
    const enters = Math.min(last, y + reach + 1) * rowLength;
    const leaves = Math.max(0, y - reach) * rowLength;
    for (let x = 0; x < rowLength; x++) {
      target[row + x] = sums[x] * share;
      sums[x] += source[enters + x] - source[leaves + x];
    }
  }
  return target;
}
