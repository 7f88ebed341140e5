import { expect, test } from "vitest";
import { doorsOf, releaseOf } from "./doors";
import { record } from "./record.examples";

test("the doors of a release: static files, then ports, of processes with a route", () => {
  expect(doorsOf(record(), (process) => `/files/${process}`)).toEqual([
    { path: "/var/lib/slipway/edge/shop/static/web/999996", target: "/files/web" },
    { path: "/var/lib/slipway/edge/shop/ports/web/2/999996-20000-20001.ports" },
  ]);
});

test("a newer release sorts first, and its number can be read back", () => {
  const path = (release: number) => doorsOf({ ...record(), release }, () => "").at(-1)?.path ?? "";
  expect([path(9), path(10), path(100)].sort()).toEqual([path(100), path(10), path(9)]);
  for (const release of [1, 10, 12345]) expect(releaseOf(path(release))).toBe(release);
  expect(releaseOf("/var/lib/slipway/edge/shop/static/web/999996")).toBe(3);
  expect(releaseOf("/var/lib/slipway/edge/shop/static/web/999996.draft")).toBeNaN();
});
