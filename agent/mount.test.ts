import { describe, expect, it } from "vitest";
import { mountHeaders, mountOf, mountOfProcess, scriptNameOf } from "./mount";

const host = "shop.test";

describe("a route's mount", () => {
  it.each([
    ["the whole host", {}, { path: "", base: "", seen: "" }],
    ["a path that is kept", { path: "/shop" }, { path: "/shop", base: "/shop", seen: "/shop" }],
    ["a path that is taken off", { path: "/shop", strip: true }, { path: "/shop", base: "/shop", seen: "" }],
  ])("%s", (_, changes, expected) => {
    const route = { host, process: "web", ...changes };
    expect(mountOf(route, [route])).toEqual(expected);
  });

  it("below another of the same app belongs to that one's paths", () => {
    const cable = { host, path: "/ws", process: "cable" };
    const web = { host, process: "web" };
    expect(mountOf(cable, [cable, web])).toEqual({ path: "/ws", base: "", seen: "" });
    expect(mountOf(cable, [cable, { ...web, host: "other.test" }]).base).toBe("/ws");
    expect(mountOf(cable, [cable, { ...web, path: "/w" }]).base).toBe("/ws");
    const deep = { ...cable, path: "/shop/ws" };
    expect(mountOf(deep, [deep, { ...web, path: "/shop" }])).toEqual({
      path: "/shop/ws",
      base: "/shop",
      seen: "/shop",
    });
    expect(mountOf({ ...deep, strip: true }, [deep, web])).toEqual({ path: "/shop/ws", base: "/shop/ws", seen: "" });
    expect(mountOf(deep, [deep, { ...web, path: "/shop", strip: true }]).base).toBe("/shop/ws");
  });

  it("is told by headers: the prefix as one that has been taken off only where it has", () => {
    const kept = { host, path: "/shop", process: "web" };
    expect(mountHeaders(mountOf(kept, [kept]))).toEqual({ "X-Script-Name": "/shop" });
    const stripped = { ...kept, strip: true };
    const both = { "X-Script-Name": "/shop", "X-Forwarded-Prefix": "/shop" };
    expect(mountHeaders(mountOf(stripped, [stripped]))).toEqual(both);
    expect(mountHeaders(mountOfProcess("worker", [kept]))).toEqual({});
  });
});

it("SCRIPT_NAME is for who sees the path, and for processes nobody is led to the app's own", () => {
  const web = { host, path: "/shop", process: "web" };
  expect(scriptNameOf("web", { routes: [web] })).toBe("/shop");
  expect(scriptNameOf("worker", { routes: [web] })).toBe("/shop");
  expect(scriptNameOf("web", { routes: [{ ...web, strip: true }] })).toBeUndefined();
  expect(scriptNameOf("web", { routes: [{ host, process: "web" }] })).toBeUndefined();
  expect(scriptNameOf("web", { routes: [] })).toBeUndefined();
});
