import { createHash } from "node:crypto";
import { S3Error, signatureMismatch } from "./errors.ts";
import { hmac, type Signed, sameText, sha256Hex } from "./signature.ts";

const MAX_LINE_BYTES = 16_384;
const EMPTY_SHA256 = sha256Hex("");

/** Filled while the body is read; complete when the body ended. */
export type Trailers = Map<string, string>;

/**
 * Takes the aws-chunked framing off a body as it streams by, checking the chain of chunk
 * signatures when the payload is a signed one. Throws S3Error on a broken or a forged frame.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  signed: Signed,
  trailers: Trailers,
): AsyncGenerator<Buffer> {
  const reader = new FrameReader(source);
  const isSigned = signed.payload.includes("HMAC");
  let previous = signed.signature;
  for (;;) {
    const [size = "", extension = ""] = (await reader.line()).split(";");
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw incomplete();
    const byteSize = Number.parseInt(size, 16);
    const hash = createHash("sha256");
    for await (const piece of reader.take(byteSize)) {
      hash.update(piece);
      yield piece;
    }
    if (isSigned) previous = verifyChunk(signed, previous, hash.digest("hex"), extension);
    if (byteSize === 0) break;
    if ((await reader.line()) !== "") throw incomplete();
  }
  await readTrailers(reader, trailers);
  if (isSigned && signed.payload.endsWith("-TRAILER")) verifyTrailers(signed, previous, trailers);
}

function verifyChunk(signed: Signed, previous: string, digest: string, extension: string): string {
  const parts = ["AWS4-HMAC-SHA256-PAYLOAD", signed.date, signed.scope, previous];
  const toSign = [...parts, EMPTY_SHA256, digest].join("\n");
  const expected = hmac(signed.signingKey, toSign).toString("hex");
  if (!sameText(extension.replace("chunk-signature=", ""), expected)) throw signatureMismatch();
  return expected;
}

async function readTrailers(reader: FrameReader, trailers: Trailers): Promise<void> {
  for (;;) {
    const line = await reader.lineOrEnd();
    if (line === undefined || line === "") return;
    const colon = line.indexOf(":");
    if (colon < 1) throw incomplete();
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function verifyTrailers(signed: Signed, previous: string, trailers: Trailers): void {
  const given = trailers.get("x-amz-trailer-signature") ?? "";
  trailers.delete("x-amz-trailer-signature");
  const canonical = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
  const parts = ["AWS4-HMAC-SHA256-TRAILER", signed.date, signed.scope, previous];
  const toSign = [...parts, sha256Hex(canonical)].join("\n");
  if (!sameText(given, hmac(signed.signingKey, toSign).toString("hex"))) throw signatureMismatch();
}

/** Lines and counted bytes from a stream, holding no more than one piece of it. */
class FrameReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw incomplete();
    return line;
  }

  /** Undefined when the stream ended exactly before a line. */
  async lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw incomplete();
      const next = await this.#source.next();
      if (next.done) {
        if (this.#rest.length > 0) throw incomplete();
        return undefined;
      }
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  async *take(byteSize: number): AsyncGenerator<Buffer> {
    for (let wanted = byteSize; wanted > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw incomplete();
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, wanted);
      this.#rest = this.#rest.subarray(piece.length);
      wanted -= piece.length;
      yield piece;
    }
  }
}

const incomplete = () =>
  new S3Error("IncompleteBody", 400, "The request body is not well-formed aws-chunked data.");
