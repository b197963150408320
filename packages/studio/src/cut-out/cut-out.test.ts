import { expect, test } from "vitest";
import { randomFrom } from "../pixels/numbers.ts";
import { chelsea, coffee, painted } from "../test-fixtures.ts";
import { cutOut } from "./cut-out.ts";
import { decodePhoto } from "./decode.ts";

test("a clear product is cut out along its outline", async () => {
  const subject = await cutOut(await decodePhoto(await coffee()));
  expect(subject.width).toBeGreaterThan(380);
  expect(subject.width).toBeLessThan(430);
  expect(subject.cropped).toEqual({ left: false, right: false, bottom: false });
  const alphaAt = (x: number, y: number) => subject.data[(y * subject.width + x) * 4 + 3];
  expect(alphaAt(subject.width >> 1, subject.height >> 1)).toBe(255);
  expect(alphaAt(2, 2)).toBe(0);
});

test("what cannot be cut out well is refused, not sold", async () => {
  const random = randomFrom(3);
  const pictures = {
    "a face that fills the frame": await chelsea(),
    "a gradient": await painted(320, 240, (x) => (x / 320) * 255),
    noise: await painted(320, 240, () => random() * 255),
    "one colour": await painted(320, 240, () => 190),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    const attempt = decodePhoto(picture).then(cutOut);
    await expect(attempt, name).rejects.toMatchObject({ code: "subject_not_found" });
  }
});
