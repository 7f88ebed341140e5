import { expect, test } from "vitest";
import { secondsOf } from "./duration";

test.each([
  ["30s", 30],
  ["1m30s", 90],
  ["10000h0m0s", 36_000_000],
  ["1w", 604_800],
  ["1.5ms", 0.0015],
  ["soon", undefined],
  [30, undefined],
])("%s are %s seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});
