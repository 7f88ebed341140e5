import { expect, it } from "vitest";
import { given, opened } from "./tenancy";

it("takes what another stack gives back, and says what to do where that is nothing or can't be opened", () => {
  expect(given("acme/shop/main", "address", "192.0.2.7")).toBe("192.0.2.7");
  expect(() => given("acme/shop/main", "address", undefined)).toThrow(
    "slipway:host.stack: stack acme/shop/main has no machine to be a tenant of (it has no output address); bring it up first",
  );
  expect(opened("acme/shop/main", "KEY")).toBe("KEY");
  expect(() => opened("acme/shop/main", {})).toThrow("a stack and its tenants need the same passphrase");
});
