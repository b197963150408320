import { createGetSigner, type SigningKey } from "./signature.ts";
import type { Bucket, SignedUrl, SignedUrlRequest } from "./storage.ts";

/** Addresses made inside one step are the same, so browsers may cache what is behind them. */
const STEP_MS = 15 * 60 * 1_000;

type Signing = {
  signingKey: SigningKey;
  bucketNames: Record<Bucket, string>;
  now: () => number;
};

/**
 * Signs with the time rounded down to a quarter of an hour. An address is therefore never good for
 * longer than `expiresSeconds`, and up to 15 minutes shorter; `expiresAt` says exactly until when.
 */
export function createUrlSigner({ signingKey, bucketNames, now }: Signing) {
  const sign = createGetSigner(signingKey);
  return (request: SignedUrlRequest): SignedUrl => {
    const { bucket, key, expiresSeconds, downloadAs, contentType } = request;
    const signedAt = new Date(Math.floor(now() / STEP_MS) * STEP_MS);
    const overrides = {
      ...(downloadAs !== undefined && { "response-content-disposition": attachment(downloadAs) }),
      ...(contentType !== undefined && { "response-content-type": contentType }),
    };
    return {
      url: sign({ bucket: bucketNames[bucket], key, expiresSeconds, signedAt, overrides }),
      expiresAt: new Date(signedAt.getTime() + expiresSeconds * 1_000),
    };
  };
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8. */
function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%;]/g, "_");
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
