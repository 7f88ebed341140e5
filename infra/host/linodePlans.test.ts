import { expect, it } from "vitest";
import { mayBePlan } from "./linodePlans";

it.each([
  ["g6-nanode-1", true],
  ["g6-standard-2", true],
  ["g6-dedicated-50", true],
  ["g6-standard-3", false],
  ["g6-nano-1", false],
  ["g7-premium-2", true],
  ["g2-gpu-rtx4000a1-s", true],
])("knows of %s whether it may be a plan: %s", (id, known) => {
  expect(mayBePlan(id)).toBe(known);
});
