import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import type { Trailers } from "./aws-chunked.ts";
import { notImplemented, S3Error } from "./errors.ts";
import type { Signed } from "./signature.ts";

/** Where a body comes from, and what it must be. */
export type BodySource = {
  request: IncomingMessage;
  signed: Signed;
  /** Lower-case names of the query, because presigned requests carry checksums there. */
  query: ReadonlyMap<string, string>;
};

type Digest = { update(chunk: Buffer): void; base64(): string };

const CHECKSUMS = "x-amz-checksum-";
const algorithms: Record<string, () => Digest> = {
  crc32: crc32Digest,
  sha1: () => hashDigest("sha1"),
  sha256: () => hashDigest("sha256"),
};
/** Names under the same prefix that are no checksums. */
const NOT_CHECKSUMS = new Set(["type", "mode", "algorithm"]);

/** Every digest the client sent or announced: Content-MD5, x-amz-checksum-…, x-amz-content-sha256. */
export function bodyChecks({ request, signed, query }: BodySource) {
  const header = (name: string) => {
    const value = request.headers[name] ?? query.get(name);
    return value === undefined ? undefined : String(value);
  };
  const checks: { digest: Digest; expected: (trailers: Trailers) => string; code: string }[] = [];
  for (const name of announced(request.headers, query)) {
    const digest = algorithms[name]?.();
    if (!digest) throw notImplemented(`the checksum ${name}`);
    const field = CHECKSUMS + name;
    const expected = (trailers: Trailers) => header(field) ?? trailers.get(field) ?? "";
    checks.push({ digest, expected, code: "BadDigest" });
  }
  const md5 = header("content-md5");
  if (md5 !== undefined) {
    checks.push({ digest: hashDigest("md5"), expected: () => md5, code: "BadDigest" });
  }
  if (/^[0-9a-f]{64}$/.test(signed.payload)) {
    const expected = Buffer.from(signed.payload, "hex").toString("base64");
    const code = "XAmzContentSHA256Mismatch";
    checks.push({ digest: hashDigest("sha256"), expected: () => expected, code });
  }

  return {
    update: (chunk: Buffer) => {
      for (const { digest } of checks) digest.update(chunk);
    },
    /** Throws S3Error when a digest differs from what was sent. */
    verify: (trailers: Trailers) => {
      for (const { digest, expected, code } of checks) {
        if (digest.base64() === expected(trailers)) continue;
        throw new S3Error(code, 400, "A digest you specified did not match what we received.");
      }
    },
  };
}

/** Names of algorithms, from headers, query and the announcement of trailers. */
function announced(
  headers: NodeJS.Dict<string | string[]>,
  query: ReadonlyMap<string, string>,
): Set<string> {
  const trailers = String(headers["x-amz-trailer"] ?? "").split(",");
  const fields = [...Object.keys(headers), ...query.keys(), ...trailers.map((name) => name.trim())];
  const names = fields
    .filter((field) => field.startsWith(CHECKSUMS))
    .map((field) => field.slice(CHECKSUMS.length));
  return new Set(names.filter((name) => !NOT_CHECKSUMS.has(name)));
}

function hashDigest(algorithm: string): Digest {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest("base64") };
}

function crc32Digest(): Digest {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString("base64");
    },
  };
}
