import { describe, expect, it } from "vitest";
import { asAsset, assetValue, hasUnknown, reveal, secret, unknown } from "./wire";

describe("wire values", () => {
  it("finds what isn't known at any depth", () => {
    expect(hasUnknown({ a: [{ b: unknown }] })).toBe(true);
    expect(hasUnknown({ a: [{ b: "known" }], c: null })).toBe(false);
    expect(hasUnknown(undefined)).toBe(false);
  });

  it("takes secrets' marks off at every depth", () => {
    expect(reveal({ a: secret("x"), b: [secret({ c: secret(1) })], d: null })).toEqual({
      a: "x",
      b: [{ c: 1 }],
      d: null,
    });
  });

  it("tells an asset from an archive and from anything else", () => {
    const file = assetValue({ kind: "asset", path: "a", hash: "1" });
    expect(asAsset(file)).toEqual({ kind: "asset", path: "a", hash: "1" });
    expect(asAsset(assetValue({ kind: "archive", path: "a" }))).toEqual({ kind: "archive", path: "a" });
    expect(asAsset({ path: "a" })).toBeUndefined();
    expect(asAsset("a")).toBeUndefined();
  });
});
