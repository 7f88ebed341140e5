import bcrypt from "bcryptjs";
import { describe, expect, it } from "vitest";
import { driver } from "../testing";
import { unknown } from "../wire";
import { random } from "./random";

describe("RandomPassword", () => {
  const password = driver(random, "random:index/randomPassword:RandomPassword");

  it("has the asked characters, and a hash that fits", async () => {
    const { id, outputs } = await password.create({ length: 20, special: false, upper: false, minNumeric: 3 });
    expect(id).toBe("none");
    expect(outputs.result).toMatch(/^[a-z0-9]{20}$/);
    expect(String(outputs.result).replace(/\D/g, "").length).toBeGreaterThanOrEqual(3);
    expect(await bcrypt.compare(String(outputs.result), String(outputs.bcryptHash))).toBe(true);
    expect(outputs).toMatchObject({
      length: 20,
      lower: true,
      minNumeric: 3,
      number: true,
      numeric: true,
      special: false,
      upper: false,
    });
  });

  it("is made of the given special characters alone", async () => {
    const only = { length: 8, lower: false, numeric: false, upper: false, overrideSpecial: "_" };
    expect((await password.create(only)).outputs.result).toBe("________");
  });

  it("marks result and hash as secret", () => {
    expect(password.resource.secrets).toEqual(["result", "bcryptHash"]);
  });

  it("stays while nothing changes, spelled out or not", async () => {
    const held = await password.create({ length: 8, special: false });
    expect(password.diff(held, { length: 8, special: false, upper: true, minLower: 0, numeric: true }).parts).toEqual(
      {},
    );
    expect((await password.read(held))?.outputs).toEqual(held.outputs);
  });

  it("is made anew when its settings or keepers change", async () => {
    const held = await password.create({ length: 8, keepers: { a: "1" } });
    expect(password.diff(held, { length: 9, keepers: { a: "1" } }).replaces).toEqual(["length"]);
    expect(password.diff(held, { length: 8, keepers: { a: "2" } }).replaces).toEqual(["keepers"]);
    expect(password.diff(held, { length: 8 }).replaces).toEqual(["keepers"]);
  });

  it("knows everything but the result in a preview", async () => {
    expect(await password.preview({ length: 8 })).toMatchObject({
      length: 8,
      special: true,
      numeric: true,
      result: unknown,
      bcryptHash: unknown,
    });
  });

  it("refuses what can't be", () => {
    expect(() => password.check({}, { length: 2, minLower: 3 })).toThrow(
      "length is 2; allowed: a whole number of at least 3 (1, and the sum of minLower, minNumeric, minSpecial and minUpper)",
    );
    expect(() => password.check({}, { length: 2, lower: false, upper: false, numeric: false, special: false })).toThrow(
      "lower, numeric, special and upper are all false; set at least one of them",
    );
  });
});

describe("RandomString", () => {
  const text = driver(random, "random:index/randomString:RandomString");

  it("has its text as id", async () => {
    const { id, outputs } = await text.create({ length: 6, special: false });
    expect(outputs.result).toMatch(/^[A-Za-z0-9]{6}$/);
    expect(id).toBe(outputs.result);
  });
});

describe("RandomId", () => {
  const identifier = driver(random, "random:index/randomId:RandomId");

  it("says one number in four ways, each behind the prefix", async () => {
    const { id, outputs } = await identifier.create({ byteLength: 4, prefix: "p-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes.length).toBe(4);
    expect(outputs).toEqual({
      byteLength: 4,
      prefix: "p-",
      hex: `p-${bytes.toString("hex")}`,
      b64Url: `p-${id}`,
      b64Std: `p-${bytes.toString("base64")}`,
      dec: `p-${bytes.readUInt32BE()}`,
    });
  });

  it("is made anew when anything changes", async () => {
    const held = await identifier.create({ byteLength: 4 });
    expect(identifier.diff(held, { byteLength: 4 }).parts).toEqual({});
    expect(identifier.diff(held, { byteLength: 5 }).replaces).toEqual(["byteLength"]);
    expect(identifier.diff(held, { byteLength: 4, keepers: { a: unknown } }).replaces).toEqual(["keepers"]);
  });
});
