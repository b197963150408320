import { expect, test } from "vitest";
import {
  extendTo,
  keepExisting,
  moveFocus,
  nothingSelected,
  selectAll,
  toggle,
} from "./selection.ts";

const order = ["a", "b", "c", "d", "e"];
const ids = ({ ids }: { ids: ReadonlySet<string> }) => [...ids].toSorted();

test("a shift-click selects everything between it and the click before", () => {
  expect(ids(extendTo(toggle(nothingSelected, "d"), "b", order))).toEqual(["b", "c", "d"]);
});

test("a shift-click without a click before selects one", () => {
  expect(ids(extendTo(nothingSelected, "c", order))).toEqual(["c"]);
});

test("a second click takes the selection back", () => {
  expect(ids(toggle(toggle(nothingSelected, "a"), "a"))).toEqual([]);
});

test("what was deleted is not selected any more", () => {
  expect(ids(keepExisting(selectAll(order), ["b", "z"]))).toEqual(["b"]);
});

test("arrows move through the grid and stop at its edges", () => {
  const grid = { columns: 2, total: 5 };
  expect(moveFocus("ArrowDown", { ...grid, index: 1 })).toBe(3);
  expect(moveFocus("ArrowDown", { ...grid, index: 3 })).toBeNull();
  expect(moveFocus("ArrowLeft", { ...grid, index: 0 })).toBeNull();
  expect(moveFocus("End", { ...grid, index: 0 })).toBe(4);
  expect(moveFocus("x", { ...grid, index: 0 })).toBeNull();
});
