import { expect, it } from "vitest";
import { memoryOf } from "./memory";

it("counts what processes could still have, caches among it", () => {
  const text =
    "MemTotal:        2015404 kB\nMemFree:          101000 kB\nMemAvailable:    1203000 kB\nSwapTotal:  0 kB\n";
  expect(memoryOf(text)).toEqual({ free: 1_231_872_000, size: 2_063_773_696 });
});
