import { expect, test } from "vitest";
import { createUploadInput } from "./assets.ts";
import { cleanFileName, FILE_NAME_CHARACTERS } from "./file-names.ts";

test.each([
  ["coffee.png", "coffee.png"],
  ["Кофе на столе.JPG", "Кофе на столе.JPG"],
  ["Cafe\u0301.png", "Café.png"],
  ["a\u0000b\u0007.png", "ab.png"],
  ["half\ud83d.png", "half\ufffd.png"],
  ["photo\u202egpj.exe", "photogpj.exe"],
  ["C:\\fakepath\\a/b.png", "C:_fakepath_a_b.png"],
  ["family 👩‍👩‍👧.webp", "family 👩‍👩‍👧.webp"],
  ["", "photo"],
  [" \u200f\n ", "photo"],
  [".png", "photo.png"],
])("the name %j is kept as %j", (name, kept) => {
  expect(cleanFileName(name)).toBe(kept);
});

test.each(["a", "я", "👩", "e\u0301"])(
  "a name of very many %s is shortened in front of its ending and no character is cut in half",
  (character) => {
    for (const length of [199, 200, 201, 5_000]) {
      const kept = cleanFileName(`${character.repeat(length)}.jpeg`);
      expect([...kept].length).toBeLessThanOrEqual(FILE_NAME_CHARACTERS);
      expect(kept.endsWith(".jpeg")).toBe(true);
      expect(kept.isWellFormed()).toBe(true);
      expect(cleanFileName(kept)).toBe(kept);
    }
  },
);

test("no file name is refused", () => {
  const input = {
    id: "01890a5d-ac96-774b-bcce-b302099a8057",
    contentType: "image/png",
    byteSize: 1,
  };
  for (const fileName of ["", "\u0000", "\ud83d", "x".repeat(100_000)]) {
    expect(createUploadInput.safeParse({ ...input, fileName }).success).toBe(true);
  }
});
