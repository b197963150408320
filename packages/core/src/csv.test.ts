import { expect, test } from "vitest";
import { csvLine } from "./csv.ts";

test("commas, quotes and line breaks stay inside their cell (RFC 4180)", () => {
  expect(csvLine(["a", 'say "hi", twice', "two\r\nlines", null, 5])).toBe(
    'a,"say ""hi"", twice","two\r\nlines",,5\r\n',
  );
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])(
  "a text that a spreadsheet would run is only text: %j",
  (text) => {
    expect(csvLine([text])).toContain(`'${text}`);
  },
);

test("our own negative numbers stay numbers", () => {
  expect(csvLine([-5, 0])).toBe("-5,0\r\n");
});
