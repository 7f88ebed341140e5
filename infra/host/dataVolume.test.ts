import { expect, it } from "vitest";
import { growing } from "./dataVolume";

it("lets a volume grow, and refuses to shrink it, by the name of its setting", () => {
  expect([growing(20, undefined), growing(20, 20), growing(30, 20)]).toEqual([20, 20, 30]);
  expect(() => growing(10, 20)).toThrow(
    "slipway:host.volume.size is 10, but the volume has 20 GB already; a volume can grow, never shrink: set it to 20 or more",
  );
});
