import { expect, it } from "vitest";
import { bugText } from "./bug";

it("tells the kind and the place of a mistake, and nothing of what it quotes", () => {
  for (const thrown of [
    new TypeError("token abc-123\n    at abc-123"),
    "abc-123",
    new Error("", { cause: "abc-123" }),
  ]) {
    expect(bugText(thrown)).toMatch(/^a bug: (TypeError|Error|a string was thrown)/);
    expect(bugText(thrown)).not.toContain("abc-123");
  }
  expect(bugText(new TypeError("x"))).toMatch(/\n {4}at .*bug\.test\.ts:\d+:\d+/);
});
