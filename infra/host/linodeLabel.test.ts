import fc from "fast-check";
import { expect, it } from "vitest";
import { linodeLabel } from "./linodeLabel";

it("leaves a name as it is where Linode takes it", () => {
  expect(linodeLabel("slipway-prod", 32)).toBe("slipway-prod");
  expect(linodeLabel("shop_2.eu-1", 32)).toBe("shop_2.eu-1");
});

it("cuts what is too long and keeps two long names apart", () => {
  expect(linodeLabel("slipway-a-very-long-name-of-a-stack", 32)).toBe("slipway-a-very-long-nam-b441dce2");
  expect(linodeLabel("slipway-a-very-long-name-of-a-stack-too", 32)).not.toBe(
    linodeLabel("slipway-a-very-long-name-of-a-stack", 32),
  );
});

it("makes a label of any name", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom(32, 64), (name, longest) => {
      const label = linodeLabel(name, longest);
      expect(label).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/);
      expect(label).not.toMatch(/--|__|\.\./);
      expect(label.length).toBeGreaterThanOrEqual(3);
      expect(label.length).toBeLessThanOrEqual(longest);
    }),
  );
});
