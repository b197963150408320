import { expect, test } from "vitest";
import { checkFile } from "./check-file.ts";

const limit = 10 * 1024 * 1024;

test("a photo within the limits is sent", () => {
  expect(checkFile({ type: "image/png", size: limit }, limit)).toBeNull();
});

test("what cannot become a picture is refused before a byte is sent, with the server's own problem", () => {
  expect(checkFile({ type: "image/svg+xml", size: 100 }, limit)).toEqual({
    code: "upload_type_unsupported",
    contentType: "image/svg+xml",
  });
  expect(checkFile({ type: "image/png", size: 0 }, limit)).toEqual({ code: "upload_empty" });
  expect(checkFile({ type: "image/png", size: limit + 1 }, limit)).toEqual({
    code: "upload_too_large",
    byteSize: limit + 1,
    limit,
  });
});
