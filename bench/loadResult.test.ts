import { describe, expect, it } from "vitest";
import { failuresByReason, latencyBySpan, latencyOf, type Sample, switchSpans } from "./loadResult";

const sample = (at: number, milliseconds: number, version = "1"): Sample => [at, 0, milliseconds, version];

describe("latency", () => {
  it("takes the nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latencyOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, longest: 100 });
    expect(latencyOf([7])).toEqual({ count: 1, p50: 7, p99: 7, longest: 7 });
  });

  it("of nothing is no number, so that it is within no limit", () => {
    expect(latencyOf([]).p99).toBeNaN();
  });

  it("is told apart by what was under way in a span, begun before it included", () => {
    const samples = [sample(0, 5), sample(90, 20), sample(150, 3), sample(200, 4), sample(201, 8)];
    const { within, outside } = latencyBySpan(samples, [{ from: 100, to: 200 }]);
    expect(within).toEqual({ count: 3, p50: 4, p99: 20, longest: 20 });
    expect(outside).toEqual({ count: 2, p50: 5, p99: 8, longest: 8 });
  });
});

it("a switch is felt at the first answer of a version, whenever that was asked", () => {
  const samples = [sample(0, 5), sample(100, 30, "2"), sample(110, 5, "2"), sample(120, 2), sample(300, 1, "3")];
  expect(switchSpans(samples, 10)).toEqual([
    { from: 105, to: 125 },
    { from: 291, to: 311 },
  ]);
});

it("failures are counted by kind and reason", () => {
  const one = { at: 0, after: 1, kind: "kept", reason: "ECONNRESET" };
  expect(failuresByReason({ failures: [one, { ...one, kind: "fresh" }, one] })).toEqual({
    "kept: ECONNRESET": 2,
    "fresh: ECONNRESET": 1,
  });
});
