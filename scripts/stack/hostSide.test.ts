import { expect, it } from "vitest";
import type { HostSide } from "./drift";
import { withoutOthers } from "./hostSide";

it("leaves other stacks' apps on a shared host out, and keeps what nobody's mark is on where no app is this stack's", () => {
  const app = (name: string, stack?: string): HostSide["apps"][number] => ({
    app: name,
    ...(stack === undefined ? {} : { stack }),
    addresses: [],
    processes: {},
    strays: [],
  });
  const host = {
    edge: "",
    apps: [app("shop", "a/main"), app("shop-pr-7", "a/pr-7"), app("old", "a/main"), app("lost")],
  };
  const names = (...own: string[]) =>
    withoutOthers(
      host,
      Object.fromEntries(own.map((name) => [name, { release: 1, images: {}, addresses: [] }])),
    ).apps.map((found) => found.app);
  expect(names("shop")).toEqual(["shop", "old"]);
  expect(names("shop-pr-7")).toEqual(["shop-pr-7"]);
  expect(names("gone")).toEqual(["shop", "shop-pr-7", "old", "lost"]);
});
