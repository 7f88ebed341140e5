import { describe, expect, it } from "vitest";
import { doubleClaims, mountMistakes, RouteSetting, written } from "./routes";

const host = "shop.example.com";
const mistake = (input: unknown) => {
  const [issue] = RouteSetting.safeParse(input).error?.issues ?? [];
  return issue && [...issue.path, issue.message].join(": ");
};

describe("a route", () => {
  it("is a host name, or a host name with a path", () => {
    expect(written(RouteSetting.parse(host))).toEqual({ host });
    expect(written(RouteSetting.parse({ host, path: "/", strip: false }))).toEqual({ host });
    const whole = { host, path: "/shop", strip: true, cookiePath: true, process: "web" };
    expect(written(RouteSetting.parse(whole))).toEqual(whole);
  });

  it.each([
    "shop",
    "/shop/",
    "//shop",
    "/shop/../admin",
    "/shop/.",
    "/a b",
    "/a%20b",
    "/{x}",
    "/shop*",
    "",
  ])("never stands under the path %j", (path) =>
    expect(mistake({ host, path })).toContain("path: expected a path without a final slash, e.g. /shop"));

  it("says which part of it is wrong", () => {
    expect(mistake({ host: "https://x", path: "/a" })).toContain("host: a host name in lower case");
    expect(mistake({ host, pth: "/a" })).toContain("pth");
    expect(mistake(7)).toContain("{ host, path, strip, cookiePath, process }");
  });
});

it("two apps never answer at one place, but may under paths of one host name", () => {
  const claims = [
    { app: "shop", place: `${host}/shop`, path: "one" },
    { app: "home", place: host, path: "two" },
    { app: "blog", place: `${host}/shop`, path: "three" },
    { app: "blog", place: `${host}/shop`, path: "four" },
  ];
  expect(doubleClaims(claims).map(({ path, what }) => `${path}: ${what}`)).toEqual([
    `three: "${host}/shop" is a route of app shop too`,
    `four: "${host}/shop" is a route of this app already`,
  ]);
});

describe("under its path", () => {
  const mistakes = (...routes: Parameters<typeof mountMistakes>[1]) =>
    mountMistakes("routes", routes, { web: { static: { from: "/app/static", at: "/static/" } }, cable: {} });

  it("an app may have several processes", () => {
    const cable = { host, path: "/shop/ws", process: "cable" };
    expect(mistakes({ host, path: "/shop", process: "web" }, cable, undefined)).toEqual([]);
  });

  it("a process stands once: SCRIPT_NAME has one value", () => {
    const [first, ...others] = mistakes({ host, path: "/a", process: "web" }, { host, path: "/b", process: "web" });
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      path: "routes[1]",
      what: expect.stringContaining(`leads to web under /b, and ${host}/a`),
    });
  });

  it("its static files stand too", () => {
    const root = { host, process: "cable" };
    expect(mistakes(root, { host, path: "/api", process: "web" })[0]?.what).toBe(
      "the static files of web stand at /static/, which is not below /api",
    );
  });

  it("strip means nothing without one", () => {
    expect(mistakes({ host, strip: true, process: "web" })[0]?.what).toMatch(/^strip and cookiePath go with a path/);
  });
});
