import { expect, test } from "vitest";
import { agoText, commitText, cut, digestText, momentText, sizeText, tableText, wrapped } from "./words";

test("sizes, moments and digests", () => {
  expect([0, -5, 8_148, 999_400, 4.8e8, 999_400_000, 1e9, 12.34e9].map(sizeText)).toEqual([
    "0 KB",
    "0 KB",
    "8 KB",
    "999 KB",
    "480 MB",
    "999 MB",
    "1.0 GB",
    "12.3 GB",
  ]);
  expect(momentText("2026-01-02T03:04:05.678Z")).toBe("2026-01-02 03:04:05");
  expect(digestText(`r.test/shop@sha256:${"ab".repeat(32)}`)).toBe("abababababab");
  expect(digestText("r.test/shop:main")).toBe("r.test/shop:main");
});

test("commits: twelve digits, and whether files differed", () => {
  expect(
    ["abc", "d92c6a7a235c", "d92c6a7a235c+", `${"d92c6a7a235c"}${"0".repeat(28)}`, "v1.2-rc"].map(commitText),
  ).toEqual(["abc", "d92c6a7a235c", "d92c6a7a235c+", "d92c6a7a235c", "v1.2-rc"]);
});

test("how long ago: the largest unit that fits", () => {
  const seconds = [-1, 0, 1, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000];
  expect(seconds.map((ago) => agoText(0, ago * 1000))).toEqual([
    "0 seconds ago",
    "0 seconds ago",
    "1 second ago",
    "59 seconds ago",
    "1 minute ago",
    "59 minutes ago",
    "1 hour ago",
    "23 hours ago",
    "1 day ago",
    "10 days ago",
  ]);
});

test("columns, lines and cuts", () => {
  expect(
    tableText([
      ["a", "long", ""],
      ["wider", "b", "c"],
    ]),
  ).toEqual(["a      long", "wider  b     c"]);
  expect(tableText([])).toEqual([]);
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapped("https://a.long.address x", 5)).toEqual(["https://a.long.address", "x"]);
  expect(cut("abcdef", 6)).toBe("abcdef");
  expect(cut("abcdef", 4)).toBe("abc…");
});
