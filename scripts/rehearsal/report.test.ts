import { describe, expect, it } from "vitest";
import { reportText, Steps } from "./report";

describe("Steps", () => {
  it("keeps what was done, what went wrong and what was left out", async () => {
    const steps = new Steps();
    expect(await steps.do("up", async () => "26 changes")).toBe(true);
    expect(steps.areGood).toBe(true);
    expect(await steps.do("addresses", () => Promise.reject(new Error("502")))).toBe(false);
    steps.skip("destroy", "a check failed");
    expect(steps.areGood).toBe(false);
    expect(steps.all.map(({ name, result, outcome }) => [name, result, outcome])).toEqual([
      ["up", "26 changes", "good"],
      ["addresses", "502", "bad"],
      ["destroy", "a check failed", "skipped"],
    ]);
  });
});

it("shows a line for each step and each setting that was another", () => {
  const text = reportText(
    [
      { name: "up", result: "26 changes: 26 create", outcome: "good", seconds: 41.26 },
      { name: "destroy", result: "a check failed", outcome: "skipped", seconds: 0 },
    ],
    [{ setting: "slipway:registry", now: "10.213.3.2:5000, with its login" }],
  );
  expect(text).toMatch(/│ ✓ +│ up +│ 26 changes: 26 create +│ 41\.3 +│/);
  expect(text).toMatch(/│ - +│ destroy +│ a check failed +│ +│/);
  expect(text).toMatch(/│ slipway:registry +│ 10\.213\.3\.2:5000, with its login +│/);
});

it("folds what is long between words", () => {
  const [long, word] = [`${"word ".repeat(40)}end`, "x".repeat(200)];
  const text = reportText([{ name: "a", result: `${long}\n${word}`, outcome: "bad", seconds: 1 }], []);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(125);
  expect(text.match(/word/g)).toHaveLength(40);
  expect(text.match(/x/g)).toHaveLength(200);
});
