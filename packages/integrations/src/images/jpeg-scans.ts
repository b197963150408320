const SOS = 0xda;
const EOI = 0xd9;

/**
 * How many scans a JPEG has. Each one costs a decoder a pass over the whole picture, however few bytes it has:
 * 0.8 MB of them can keep it busy for a minute (libjpeg-turbo, "Two issues with the JPEG standard", 2016).
 */
export function countJpegScans(bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let scans = 0;
  let at = 2;
  while (at >= 0 && at + 4 <= view.length) {
    at = view.indexOf(0xff, at);
    const marker = at < 0 ? undefined : view[at + 1];
    if (marker === undefined || marker === EOI) break;
    // Fill bytes, stuffed zeros and restart markers belong to the data around them.
    if (marker === 0xff) at += 1;
    else if (marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      if (marker === SOS) scans += 1;
      at += 2 + (at + 4 <= view.length ? view.readUInt16BE(at + 2) : 2);
    }
  }
  return scans;
}
