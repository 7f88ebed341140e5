import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { mistake } from "./mistake";

it("is one of Pulumi's that shows its message alone, with no stack to format", () => {
  const error = mistake("slipway:host.size: missing");
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect([error.message, error.stack]).toEqual(["slipway:host.size: missing", ""]);
});
