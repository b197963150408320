import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { coffee } from "../test-fixtures.ts";
import { decodePhoto } from "./decode.ts";

/** A PNG that says it is huge; the decoder must believe the header and not try. */
function headerBomb(side: number): Uint8Array {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", Buffer.alloc(64)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("hostile and broken files are refused as unreadable", async () => {
  const photo = await coffee();
  const files: Record<string, Uint8Array> = {
    "an SVG": Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>'),
    "a truncated photo": photo.subarray(0, photo.length >> 1),
    "30,000 × 30,000 pixels": headerBomb(30_000),
    garbage: Buffer.from("not a picture, not at all ".repeat(40)),
    nothing: new Uint8Array(),
    "a PDF": Buffer.from("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF"),
  };
  for (const [name, file] of Object.entries(files)) {
    await expect(decodePhoto(file), name).rejects.toMatchObject({ code: "input_unreadable" });
  }
});
