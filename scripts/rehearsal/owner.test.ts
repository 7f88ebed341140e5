import { expect, it } from "vitest";
import { ownerOf, zonesMadeBy } from "./owner";

const tenantOf = (stack: string) => ownerOf({ config: { "slipway:host": { provider: "stack", stack } } }, "slipway");

it("knows whose machine a tenant is on, however the stack is named", () => {
  expect(tenantOf("staging")).toBe("staging");
  expect(tenantOf("slipway/staging")).toBe("staging");
  expect(tenantOf("acme/slipway/staging")).toBe("staging");
  expect(ownerOf({ config: { "slipway:host": { provider: "linode" } } }, "slipway")).toBeUndefined();
  expect(ownerOf({}, "slipway")).toBeUndefined();
});

it("refuses a stack of another project", () => {
  expect(() => tenantOf("acme/ships/staging")).toThrow(
    "slipway:host.stack: acme/ships/staging is a stack of project ships, whose settings are not here",
  );
});

it("knows the zones that a stack makes", () => {
  expect(zonesMadeBy({ config: { "slipway:dns": { provider: "linode", zone: "example.com" } } })).toEqual([
    "linode example.com",
  ]);
  expect(zonesMadeBy({ config: { "slipway:dns": {} } })).toEqual([]);
});
