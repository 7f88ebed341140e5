import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactor } from "./redact";

describe("redactor", () => {
  test.each([
    ["whole", ["hunter2!"], "pw hunter2! and hunter2!", "pw *** and ***"],
    ["URL-encoded, in either case", ["a/b c+d"], "a%2Fb%20c%2Bd a%2fb%20c%2bd a%2Fb+c%2Bd", "*** *** ***"],
    ["JSON-escaped", ['say "hi"'], String.raw`{"x":"say \"hi\""}`, '{"x":"***"}'],
    ["line by line", ["first line\nsecond line\n"], "> first line\n> second line", "> ***\n> ***"],
    [
      "the password inside a URL",
      ["postgres://shop:s%40crets@db/shop"],
      "role password s@crets s%40crets",
      "role password *** ***",
    ],
    ["the longest first", ["abcd", "abcdef"], "abcdef abcd", "*** ***"],
    ["nothing shorter than four", ["abc", ""], "abc", "abc"],
    ["regular expressions' own signs", ["a.b*(c)"], "a.b*(c) aXb", "*** aXb"],
  ])("%s", (_name, secrets, text, expected) => {
    expect(redactor(secrets)(text)).toBe(expected);
  });

  test("no secret of four or more characters is left in any text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!"***".includes(secret.trim()) && secret.replaceAll("*", "").length >= 4);
        expect(redactor([secret])(before + secret + after)).not.toContain(secret);
      }),
    );
  });
});
