import { z } from "zod";

/** Ids of things a browser may create (jobs, uploads) are UUIDv7: made by the caller, sortable by time. */
export const clientId = z.uuidv7();

/**
 * Builds a UUIDv7 (RFC 9562) from a time and random bytes; the caller brings both, so `core` stays pure.
 * @param unixMs milliseconds since 1970; @param random at least 10 bytes
 */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError("uuidv7 needs 10 random bytes");
  const time = Math.trunc(unixMs).toString(16).padStart(12, "0");
  const bytes = Array.from(random.subarray(0, 10), (byte) => byte);
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  const tail = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const hex = time + tail;
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join("-");
}
