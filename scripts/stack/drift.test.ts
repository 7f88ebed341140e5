import { describe, expect, it } from "vitest";
import { driftOf, driftText, type HostSide, type StackApp } from "./drift";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;
const process = (digit: string, changes: Partial<HostSide["apps"][number]["processes"][string]> = {}) => ({
  running: 1,
  wanted: 1,
  image: image(digit),
  otherImages: [],
  ...changes,
});

const stack: Record<string, StackApp> = {
  shop: {
    release: 4,
    images: { web: image("a"), worker: image("a") },
    addresses: ["https://shop.test"],
    actor: "ana",
    commit: "0123456789abcdef",
  },
};
const shop: HostSide["apps"][number] = {
  app: "shop",
  release: 4,
  since: "2026-01-01T11:40:00.000Z",
  actor: "ana",
  commit: "0123456789abcdef",
  addresses: ["https://shop.test"],
  processes: { web: process("a"), worker: process("a") },
  strays: [],
};
const host = (changes: Partial<HostSide["apps"][number]> = {}): HostSide => ({
  apps: [{ ...shop, ...changes }],
  edge: "as it should be",
});

describe("driftOf", () => {
  it("finds nothing where the host is what the stack said", () => {
    expect(driftOf(stack, host())).toEqual([]);
    expect(driftText("dev", [])).toEqual(["the host is what stack dev said"]);
  });

  it("tells who released since, and what to do about it", () => {
    const since = host({
      release: 6,
      actor: "ci",
      commit: "fedcba9876543210",
      processes: { web: process("b"), worker: process("a") },
    });
    expect(driftOf(stack, since)).toEqual([
      {
        app: "shop",
        what: "release",
        stack: "4 by ana (0123456789ab)",
        host: "6 by ci (fedcba987654) 2026-01-01 11:40",
        todo: "shop: «slipway releases shop» tells how it came about; up keeps the host's image until the stack's own changes; to go back: ./scripts/slipway rollback shop 4",
      },
      {
        app: "shop",
        what: "image of web",
        stack: "aaaaaaaaaaaa",
        host: "bbbbbbbbbbbb",
        todo: "shop: up keeps the host's image until the stack's own changes",
      },
    ]);
  });

  it("has no way back to offer where the host is behind its stack", () => {
    expect(
      driftOf(stack, host({ release: 3 })).map(({ what, stack, host, todo }) => [what, stack, host, todo]),
    ).toEqual([
      [
        "release",
        "4 by ana (0123456789ab)",
        "3 by ana (0123456789ab) 2026-01-01 11:40",
        "shop: «slipway releases shop» tells how it came about; up keeps the host's image until the stack's own changes",
      ],
    ]);
  });

  it("takes a host that follows the stack's tags for what the stack asked for", () => {
    const tag = "registry.test/shop:main";
    const following = {
      shop: { ...stack.shop, release: 4, images: { web: tag, worker: image("a") }, addresses: ["https://shop.test"] },
    };
    const since = (follow: string) =>
      host({ release: 9, processes: { web: process("b", { follow }), worker: process("a") } });
    expect(driftOf(following, since(tag))).toEqual([]);
    expect(
      driftOf(following, since("registry.test/shop:next")).map(({ what, stack, host }) => [what, stack, host]),
    ).toEqual([
      ["release", "4 by ana (0123456789ab)", "9 by ana (0123456789ab) 2026-01-01 11:40"],
      ["image of web", "shop:main", "bbbbbbbbbbbb"],
    ]);
  });

  it("finds containers that are missing, foreign or too many, but not while a release is under way", () => {
    const changes = {
      processes: { web: process("a", { running: 0 }), worker: process("a", { otherImages: [image("c")] }) },
      strays: ["shop-r3-web-1"],
    };
    expect(driftOf(stack, host(changes)).map(({ what, stack, host }) => [what, stack, host])).toEqual([
      ["running web", "1", "0"],
      ["containers of worker", "aaaaaaaaaaaa", "cccccccccccc"],
      ["extra container", "-", "shop-r3-web-1"],
    ]);
    expect(driftOf(stack, host({ ...changes, busy: "bo, pid 9" }))).toEqual([]);
  });

  it("finds processes, addresses and apps that one side alone has, and an edge changed by hand", () => {
    const other: HostSide = {
      apps: [
        { ...shop, addresses: [], processes: { web: process("a"), cron: process("a") } },
        { ...shop, app: "blog" },
        { app: "wiki", addresses: [], processes: {}, strays: [] },
      ],
      edge: "not what the live releases call for",
    };
    const lost: StackApp = { release: 2, images: {}, addresses: [] };
    const found = driftOf({ ...stack, wiki: lost, lost }, other);
    expect(found.map(({ app, what, stack, host }) => [app, what, stack, host])).toEqual([
      ["blog", "app", "-", "release 4"],
      ["lost", "app", "release 2", "-"],
      ["shop", "process cron", "-", "aaaaaaaaaaaa"],
      ["shop", "process worker", "aaaaaaaaaaaa", "-"],
      ["shop", "addresses", "https://shop.test", "-"],
      ["wiki", "app", "release 2", "nothing live"],
      [undefined, "edge", "as the live releases call for", "not what the live releases call for"],
    ]);
  });
});

it("prints a table and each thing to do once", () => {
  const lines = driftText("dev", driftOf(stack, host({ processes: { web: process("b"), worker: process("b") } })));
  expect(lines.slice(1)).toEqual(["shop: up keeps the host's image until the stack's own changes"]);
  expect(lines[0]).toContain("│ shop │ image of worker │ aaaaaaaaaaaa │ bbbbbbbbbbbb │");
});
