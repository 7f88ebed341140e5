import { expect, it } from "vitest";
import { growing, volumeName } from "./dataVolume";

it.each([
  ["slipway-prod", 64, "slipway-prod-data"],
  ["My_Shop-dev.2", 64, "my-shop-dev-2-data"],
  ["2nd-try", 64, "nd-try-data"],
  ["42", 64, "slipway-data"],
  ["a-project-with-a-long-name-production", 32, "a-project-with-a-long-name-data"],
  ["a-project-with-a-name-of-sh-production", 32, "a-project-with-a-name-of-sh-data"],
])("names the volume of %s in a cloud that takes %d characters %s", (stack, longest, name) => {
  expect(volumeName(stack, longest)).toBe(name);
  expect(name.length).toBeLessThanOrEqual(longest);
});

it("lets a volume grow, and refuses to shrink it, by the name of its setting", () => {
  expect([growing(20, undefined), growing(20, 20), growing(30, 20)]).toEqual([20, 20, 30]);
  expect(() => growing(10, 20)).toThrow(
    "slipway:host.volume.size is 10, but the volume has 20 GB already; a volume can grow, never shrink: set it to 20 or more",
  );
});
