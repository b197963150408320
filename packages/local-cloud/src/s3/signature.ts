import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { accessDenied, S3Error, signatureMismatch } from "./errors.ts";
import { decodeUri, encodePath, encodeUri, type QueryPair } from "./uri.ts";
import { element } from "./xml.ts";

const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRY_SECONDS = 7 * 24 * 3_600;

/** Who may sign what, and what time it is. */
export type Verifier = {
  region: string;
  /** Access key id → secret. */
  keys: Record<string, string>;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** What a verified request allows its body to be checked against. */
export type Signed = {
  /** A SHA-256 in hex, UNSIGNED-PAYLOAD, or one of the STREAMING-… names. */
  payload: string;
  signingKey: Buffer;
  date: string;
  scope: string;
  /** The first link in the chain of chunk signatures. */
  signature: string;
};

type Claim = {
  credential: string;
  signedHeaders: string;
  signature: string;
  date: string;
  payload: string;
  /** What of the query is signed. */
  query: readonly QueryPair[];
  presigned: boolean;
};

export const sha256Hex = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

export const hmac = (key: string | Buffer, data: string) =>
  createHmac("sha256", key).update(data).digest();

/** Constant time, so that a signature cannot be guessed byte by byte. */
export function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/**
 * Verifies AWS Signature Version 4 in the Authorization header or in the query. Throws S3Error for
 * anything else: nobody reads or writes without a signature.
 */
export function verifyRequest(
  verifier: Verifier,
  request: IncomingMessage,
  rawPath: string,
  query: readonly QueryPair[],
): Signed {
  const claim = readClaim(verifier, request, query);
  const { signingKey, scope, accessKeyDay } = resolveCredential(verifier, claim.credential);
  if (!claim.date.startsWith(accessKeyDay)) throw malformed("the date differs from the scope");
  checkClock(verifier, claim);
  const names = claim.signedHeaders.split(";");
  requireSignedHeaders(request, names, claim);

  const canonical = [
    request.method,
    encodePath(decodeUri(rawPath)),
    canonicalQuery(claim.query),
    names.map((name) => `${name}:${headerValue(request, name)}\n`).join(""),
    claim.signedHeaders,
    claim.payload,
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", claim.date, scope, sha256Hex(canonical)].join("\n");
  if (!sameText(hmac(signingKey, toSign).toString("hex"), claim.signature)) {
    throw signatureMismatch(element("CanonicalRequest", canonical));
  }
  const { payload, date, signature } = claim;
  return { payload, signingKey, date, scope, signature };
}

/** The key of one day, from a credential such as `KEY/20260101/us-east-1/s3/aws4_request`. */
export function resolveCredential({ keys, region }: Verifier, credential: string) {
  const [keyId = "", day = "", credentialRegion = "", service, end] = credential.split("/");
  const secret = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined;
  if (secret === undefined) {
    const message = "The AWS Access Key Id you provided does not exist in our records.";
    throw new S3Error("InvalidAccessKeyId", 403, message);
  }
  if (credentialRegion !== region) {
    throw malformed(`the region '${credentialRegion}' is wrong; expecting '${region}'`);
  }
  if (service !== "s3" || end !== "aws4_request") throw malformed("the credential is not for s3");
  const signingKey = [day, region, "s3", "aws4_request"].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
  return { signingKey, scope: `${day}/${region}/s3/aws4_request`, accessKeyDay: day };
}

function readClaim(verifier: Verifier, request: IncomingMessage, query: readonly QueryPair[]) {
  const values = new Map(query);
  if (values.has("X-Amz-Algorithm")) return readPresigned(verifier, query, values);
  const { authorization, "x-amz-date": date, "x-amz-content-sha256": payload } = request.headers;
  if (!authorization?.startsWith("AWS4-HMAC-SHA256 ")) throw accessDenied();
  if (!payload) {
    const message = "Missing required header for this request: x-amz-content-sha256";
    throw new S3Error("InvalidRequest", 400, message);
  }
  const part = (name: string) => authorization.match(new RegExp(`${name}=([^,\\s]+)`))?.[1] ?? "";
  return {
    credential: part("Credential"),
    signedHeaders: part("SignedHeaders"),
    signature: part("Signature"),
    date: String(date ?? ""),
    payload: String(payload),
    query,
    presigned: false,
  };
}

function readPresigned(
  { now }: Verifier,
  query: readonly QueryPair[],
  values: Map<string, string>,
): Claim {
  const value = (name: string) => values.get(`X-Amz-${name}`) ?? "";
  const expires = Number(value("Expires"));
  if (!(expires > 0 && expires <= MAX_EXPIRY_SECONDS)) {
    const message = `X-Amz-Expires must be between 1 and ${MAX_EXPIRY_SECONDS}`;
    throw new S3Error("AuthorizationQueryParametersError", 400, message);
  }
  if (now() > parseDate(value("Date")) + expires * 1_000) throw accessDenied("Request has expired");
  return {
    credential: value("Credential"),
    signedHeaders: value("SignedHeaders"),
    signature: value("Signature"),
    date: value("Date"),
    payload: value("Content-Sha256") || "UNSIGNED-PAYLOAD",
    query: query.filter(([name]) => name !== "X-Amz-Signature"),
    presigned: true,
  };
}

function checkClock({ now }: Verifier, { date, presigned }: Claim): void {
  const skew = parseDate(date) - now();
  // A presigned request may be old, within its own expiry, but never from the future.
  if (skew <= MAX_SKEW_MS && (presigned || skew >= -MAX_SKEW_MS)) return;
  const message = "The difference between the request time and the current time is too large.";
  throw new S3Error("RequestTimeTooSkewed", 403, message);
}

/** An unsigned x-amz- header would change the request without the signer's knowledge. */
function requireSignedHeaders(request: IncomingMessage, names: string[], claim: Claim): void {
  if (!names.includes("host")) throw accessDenied("The host header must be signed");
  const inQuery = new Set(claim.query.map(([name]) => name.toLowerCase()));
  for (const name of Object.keys(request.headers)) {
    const covered = names.includes(name) || (claim.presigned && inQuery.has(name));
    if (!name.startsWith("x-amz-") || covered) continue;
    throw accessDenied(`There were headers present in the request which were not signed: ${name}`);
  }
}

function canonicalQuery(query: readonly QueryPair[]): string {
  const pairs = query.map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`);
  return pairs.sort().join("&");
}

function headerValue(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? "")
    .trim()
    .replace(/ +/g, " ");
}

/** Milliseconds since 1970 of `20260131T235959Z`. */
function parseDate(date: string): number {
  const parts = date.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  if (!parts) throw accessDenied("AWS authentication requires a valid Date or x-amz-date header");
  const [, year, month, day, hours, minutes, seconds] = parts;
  return Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}

const malformed = (message: string) =>
  new S3Error("AuthorizationHeaderMalformed", 400, `The authorization is malformed; ${message}`);
