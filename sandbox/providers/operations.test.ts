import { describe, expect, it } from "vitest";
import { check, create, read, update } from "./operations";
import type { Call, Resource } from "./resource";
import { secret, unknown } from "./wire";

const call: Call = { name: "thing", log: () => {}, signal: new AbortController().signal };

const resource: Resource = {
  required: ["size"],
  replaceOn: [],
  computed: ["token"],
  changing: ["token"],
  secrets: ["token"],
  chosen: ["region"],
  defaults: { color: "red" },
  compare: "state",
  mistakes: ({ size }) =>
    Number(size) > 0 ? [] : [{ property: "size", reason: `size is ${size}; allowed: more than 0` }],
  create: async (inputs) => ({ id: "1", outputs: { ...inputs, token: "t", region: "here" } }),
  read: async (id, state) => (id === "gone" ? undefined : { ...state, size: 3 }),
};

describe("check", () => {
  it("names what is missing before it looks for mistakes", () => {
    expect(check(resource, {}, {}, "n").failures).toEqual([
      { property: "size", reason: "'size' is required and was not given" },
    ]);
    expect(check(resource, {}, { size: 0 }, "n").failures).toEqual([
      { property: "size", reason: "size is 0; allowed: more than 0" },
    ]);
  });

  it("leaves what isn't known yet alone", () => {
    expect(check(resource, {}, { size: unknown }, "n")).toEqual({ inputs: { size: unknown }, failures: [] });
  });

  it("takes marks of secrets off, and puts them where they always are", () => {
    expect(check(resource, {}, { size: secret(1), token: "x" }, "n").inputs).toEqual({ size: 1, token: secret("x") });
  });
});

describe("create", () => {
  it("knows inputs and defaults in a preview, and nothing that the other side chooses", async () => {
    const { outputs } = await create(resource, { size: 1 }, true, call);
    expect(outputs).toEqual({ size: 1, color: "red", region: unknown, token: secret(unknown) });
  });

  it("marks what is secret", async () => {
    expect(await create(resource, { size: 1 }, false, call)).toEqual({
      id: "1",
      outputs: { size: 1, region: "here", token: secret("t") },
    });
  });
});

describe("read", () => {
  it("gives no inputs but the program's, with what changed outside", async () => {
    const now = await read(resource, "1", { size: 2, color: "red", token: "t" }, { size: 2 }, call);
    expect(now).toEqual({ outputs: { size: 3, color: "red", token: secret("t") }, inputs: { size: 3 } });
  });

  it("says that a resource is gone", async () => {
    expect(await read(resource, "gone", {}, {}, call)).toBeUndefined();
  });
});

describe("update", () => {
  it("drops what is given no more, and keeps what the other side chose", async () => {
    const state = { size: 1, extra: 1, color: "blue", region: "here", token: "t" };
    expect(await update(resource, "1", state, { size: 2 }, false, call)).toEqual({
      size: 2,
      color: "red",
      region: "here",
      token: secret("t"),
    });
    expect(await update(resource, "1", state, { size: 2 }, true, call)).toMatchObject({ token: secret(unknown) });
  });
});
