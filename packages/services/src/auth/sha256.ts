import { createHash } from "node:crypto";

/** In hex. Enough for secrets of 160 random bits and more, which nobody can guess from a list of words. */
export const sha256 = (secret: string): string => createHash("sha256").update(secret).digest("hex");
