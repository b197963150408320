import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { withoutForeignColours } from "../build/foreign-colours.ts";

test("nobody uses a colour that the build leaves out", () => {
  const src = import.meta.dirname;
  const foreign = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(css|tsx?)$/.test(name) && !name.endsWith(".test.ts"))
    .flatMap((name) => {
      const text = readFileSync(path.join(src, name), "utf8");
      const props = [...text.matchAll(/\b(?:color|c|bg)=(?:"|\{")(\w+)/g)].map(
        ([, color]) => color,
      );
      const bad = props.filter((color) => color !== "gray" && color !== "red");
      return [...bad, ...text.matchAll(/--mantine-color-(pink|grape|violet|indigo|blue)-/g)].map(
        (found) => `${name}: ${found}`,
      );
    });
  expect(foreign).toEqual([]);
});

test("what is left out is whole declarations, and none of ours", () => {
  const css =
    ":root{--mantine-color-blue-0:#e7f5ff;--mantine-color-gray-0:#f8f9fa;--mantine-color-lime-9:#5c940d}";
  expect(withoutForeignColours(css)).toBe(":root{--mantine-color-gray-0:#f8f9fa;}");
});
