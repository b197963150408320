import { expect, test } from "vitest";
import { clientId, uuidv7 } from "./ids.ts";

test("an id made here is a UUIDv7 that the schema accepts, and ids sort by their time", () => {
  const random = new Uint8Array(10).fill(255);
  const ids = [1, 2_000, 1_700_000_000_000].map((time) => uuidv7(time, random));
  for (const id of ids) expect(clientId.parse(id)).toBe(id);
  expect(ids.toSorted()).toEqual(ids);
});

test("too little randomness is refused", () => {
  expect(() => uuidv7(1, new Uint8Array(9))).toThrow(RangeError);
});
