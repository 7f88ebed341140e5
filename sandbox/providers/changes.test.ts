import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changes, differences } from "./changes";
import type { Resource } from "./resource";
import { assetValue, type Properties, unknown } from "./wire";

const bridged: Resource = {
  required: [],
  replaceOn: ["region"],
  computed: ["status"],
  chosen: ["address"],
  defaults: { size: 1 },
  sets: ["tags", "rules"],
  compare: "state",
  uniqueName: true,
  kept: (property, value) => (property === "region" ? String(value).toLowerCase() : value),
  create: async () => ({ id: "", outputs: {} }),
};

const compare = (state: Properties, news: Properties) => {
  const { parts, ...rest } = changes(bridged, state, {}, news);
  return { parts: Object.fromEntries(parts), ...rest };
};

describe("changes against the state", () => {
  const state = { name: "a", region: "fra1", size: 1, address: "10.0.0.1", status: "up", tags: ["x", "y"] };

  it("are none when the program asks for what is there, in whatever order and form", () => {
    expect(compare(state, { name: "a", region: "FRA1", tags: ["y", "x"], __defaults: [] })).toEqual({
      parts: {},
      properties: [],
      replaces: [],
      deleteFirst: false,
    });
  });

  it("name each part and what asks for a new resource", () => {
    expect(compare(state, { name: "a", region: "ams3", size: 2, tags: ["y"], __defaults: [] })).toEqual({
      parts: { region: "update", size: "update", "tags[0]": "delete" },
      properties: ["region", "size", "tags"],
      replaces: ["region"],
      deleteFirst: true,
    });
  });

  it("let the new resource come first where its name was made up", () => {
    expect(compare(state, { name: "a", region: "ams3", __defaults: ["name"] }).deleteFirst).toBe(false);
    expect(compare(state, { name: "b", region: "ams3", __defaults: [] }).deleteFirst).toBe(false);
  });

  it("count an input that is given no more, but not one that the other side chose", () => {
    expect(compare({ ...state, size: 5 }, { name: "a", region: "fra1", __defaults: [] }).parts).toEqual({
      size: "update",
      tags: "delete",
    });
  });

  it("take what isn't known yet for another value", () => {
    expect(compare(state, { ...state, address: unknown }).parts).toEqual({ address: "update" });
  });

  it("don't tell absent from empty, nor the order in a list of a list without order", () => {
    const rule = { protocol: "tcp", addresses: ["b", "a"] };
    const old = { ...state, rules: [{ ...rule, tags: [], port: "" }] };
    expect(compare(old, { ...state, rules: [{ ...rule, addresses: ["a", "b"] }] }).parts).toEqual({});
  });

  it("show a member that changed at its place", () => {
    const old = { ...state, rules: [{ port: "22" }, { port: "80" }] };
    expect(compare(old, { ...state, rules: [{ port: "22" }, { port: "443" }] }).parts).toEqual({
      "rules[1]": "update",
    });
  });
});

describe("changes against the old inputs", () => {
  const plain: Resource = { ...bridged, compare: "inputs", ignores: (path) => path === "login.password" };

  it("have the path of each part", () => {
    const { parts } = changes(
      plain,
      {},
      { a: { "x.y": 1, b: [1, 2] }, gone: 1, login: { password: "1", server: "s" } },
      { a: { "x.y": 2, b: [1] }, come: 1, login: { password: "2", server: "s" } },
    );
    expect(Object.fromEntries(parts)).toEqual({
      'a["x.y"]': "update",
      "a.b[1]": "delete",
      come: "add",
      gone: "delete",
    });
  });

  it("compare files by what is in them, not by where they lie", () => {
    const file = (path: string, hash: string) => ({ source: assetValue({ kind: "asset", path, hash }) });
    expect(differences(file("a", "1"), file("b", "1")).size).toBe(0);
    expect(Object.fromEntries(differences(file("a", "1"), file("a", "2")))).toEqual({ source: "update" });
  });

  it("are none between any inputs and themselves", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (inputs) => {
        expect(differences(inputs as Properties, structuredClone(inputs) as Properties).size).toBe(0);
      }),
    );
  });
});
