import { expect, test } from "vitest";
import { bugText } from "./bug";

const secret = "hunter2-correct-horse";
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};

test.each<[string, unknown, string]>([
  ["an expression of a pattern", thrownBy(() => new RegExp(`(${secret}`)), "SyntaxError"],
  ["a text that was parsed", thrownBy(() => JSON.parse(secret)), "SyntaxError"],
  ["a message of several lines that looks like a trace", new Error(`a\n    at ${secret} (/x.js:1:1)`), "Error"],
  ["a name that was changed", Object.assign(new Error("x"), { name: secret }), "Error"],
  ["a cause", new TypeError("x", { cause: new RangeError(secret) }), "because of RangeError"],
  ["a program that failed", Object.assign(new Error(`psql ${secret}`), { exitCode: 3 }), "Error (exit code 3)"],
  ["a file", Object.assign(new Error(secret), { code: "ENOENT", syscall: "open" }), "Error (ENOENT, open)"],
  ["no error", secret, "a string was thrown"],
])("of %s only the kind and the place are told", (_name, thrown, kind) => {
  const text = bugText(thrown);
  expect(text).toContain(kind);
  expect(text).not.toContain(secret);
  if (thrown instanceof Error) expect(text).toMatch(/\n {4}at .*bug\.test\.ts:\d+:\d+/);
});

test("a message that stands in the trace after the fact is left out, too", () => {
  const error = new Error("x");
  error.message = secret;
  error.stack = `Error: ${secret}\n    at ${secret} (/tmp/${secret}.js:1:1)`;
  expect(bugText(error)).not.toContain("Error: ");
});
