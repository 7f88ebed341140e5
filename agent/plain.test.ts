import { expect, test } from "vitest";
import { plain } from "./plain";

test.each([
  ["an order to the terminal", "\x1b]52;c;aGk=\x07x", "␛]52;c;aGk=␇x"],
  ["a cleared screen", "\x1b[2Jx", "␛[2Jx"],
  ["one of a single character", "\x9b2Jx\x7f", "\ufffd2Jx␡"],
  ["a line over another", "failed\rlive", "failed␍live"],
  ["a colour", "\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"],
  ["lines and columns", "a\tb\nc", "a\tb\nc"],
  ["what is no control", "« é ✓ 漢", "« é ✓ 漢"],
])("%s", (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});
