import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Bucket, SignedUrl, SignedUrlRequest } from "./storage.ts";

/** Addresses made inside one step are the same, so browsers may cache what is behind them. */
const STEP_MS = 15 * 60 * 1_000;
const MAX_REMEMBERED = 10_000;

type Signing = { client: S3Client; bucketNames: Record<Bucket, string>; now: () => number };

/**
 * Signs with the time rounded down to a quarter of an hour. An address is therefore never good for
 * longer than `expiresSeconds`, and up to 15 minutes shorter; `expiresAt` says exactly until when.
 * Signing costs about half a millisecond of CPU, so the addresses of the current step are remembered.
 */
export function createUrlSigner({ client, bucketNames, now }: Signing) {
  let step = 0;
  let remembered = new Map<string, string>();

  return async function signedUrl(request: SignedUrlRequest): Promise<SignedUrl> {
    const current = Math.floor(now() / STEP_MS) * STEP_MS;
    if (current !== step || remembered.size >= MAX_REMEMBERED) {
      step = current;
      remembered = new Map();
    }
    const { bucket, key, expiresSeconds, downloadAs = null, contentType = null } = request;
    const expiresAt = new Date(current + expiresSeconds * 1_000);
    const name = JSON.stringify([bucket, key, expiresSeconds, downloadAs, contentType]);
    const known = remembered.get(name);
    if (known !== undefined) return { url: known, expiresAt };

    const command = new GetObjectCommand({
      Bucket: bucketNames[bucket],
      Key: key,
      ...(downloadAs !== null && { ResponseContentDisposition: attachment(downloadAs) }),
      ...(contentType !== null && { ResponseContentType: contentType }),
    });
    const url = await getSignedUrl(client, command, {
      expiresIn: expiresSeconds,
      signingDate: new Date(current),
    });
    remembered.set(name, url);
    return { url, expiresAt };
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
