import { expect, test } from "vitest";
import { isOwnPath } from "./own-path.ts";

test.each([
  "/",
  "/studio",
  "/wallet?kind=spent&from=2026-01-31",
  "/library/a-b#c",
  "/a%2F%2Fb?q=//x",
])("%j is a page of ours", (path) => expect(isOwnPath(path)).toBe(true));

test.each([
  ...["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "blob:x"],
  ...[
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
  ],
  ...["/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/\u00a0/x"],
  ...[
    "/.//evil.example",
    "/studio/..//evil.example",
    "/%2e//evil.example",
    "studio",
    "",
    "?a",
    "#a",
  ],
  ...["/a\0b", "/a b", "/\u202ex", `/${"a".repeat(500)}`, null, undefined, 5, ["/studio"], {}],
])("%j is not", (value) => expect(isOwnPath(value)).toBe(false));
