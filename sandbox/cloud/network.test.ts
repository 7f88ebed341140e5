import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressNumber, netmask, nextFree, overlap } from "./network";

describe("nextFree", () => {
  it("is the lowest that is not taken, both ends included", () => {
    expect(nextFree(["10.0.0.254", "10.0.1.1"], [])).toBe("10.0.0.254");
    expect(nextFree(["10.0.0.254", "10.0.1.1"], ["10.0.0.254", "10.0.0.255", "10.0.1.0"])).toBe("10.0.1.1");
    expect(nextFree(["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"])).toBeUndefined();
  });

  it("is never taken and always in range", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 30 })), (taken) => {
        const found = nextFree(
          ["192.0.2.0", "192.0.2.30"],
          taken.map((last) => `192.0.2.${last}`),
        );
        const free = Array.from({ length: 31 }, (_, last) => last).find((last) => !taken.includes(last));
        expect(found).toBe(free === undefined ? undefined : `192.0.2.${free}`);
      }),
    );
  });
});

it("counts addresses and masks networks", () => {
  expect(addressNumber("255.255.255.255")).toBe(4294967295);
  expect(addressNumber("10.213.0.200")).toBe(181731528);
  expect(netmask("10.213.0.0/20")).toBe("255.255.240.0");
});

it("tells whether networks overlap", () => {
  expect(overlap("10.0.0.0/16", "10.0.3.0/24")).toBe(true);
  expect(overlap("10.0.3.0/24", "10.0.0.0/16")).toBe(true);
  expect(overlap("10.0.2.0/24", "10.0.3.0/24")).toBe(false);
});
