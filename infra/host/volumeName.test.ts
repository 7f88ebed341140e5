import { expect, it } from "vitest";
import { volumeName } from "./volumeName";

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
