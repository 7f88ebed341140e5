import { beforeEach, expect, test } from "vitest";
import type { Manifest } from "../manifest";
import { MemoryHost } from "../memory";
import { release } from "../release";
import { remove } from "../remove";

const image = (digit: string) => `r/shop@sha256:${digit.repeat(64)}`;
const quiet = { wait: 1, pid: 7, say: () => {}, complain: () => {} };
let host: MemoryHost;
let sequence = 0;

beforeEach(() => {
  host = new MemoryHost();
  for (const digit of ["a", "b"]) host.images.set(image(digit), {});
  host.images.set(image("c"), { dies: 500 });
});

/** Releases the app with these uploads of `web`. */
async function releaseWith(media: Manifest["processes"][string]["media"], digit = "a") {
  sequence += 1;
  const web = { image: image(digit), compose: {}, port: 8000, replicas: 1, ...(media && { media }) };
  return release(
    host,
    {
      version: 1,
      app: "shop",
      origin: { sequence, actor: "ana" },
      processes: { web },
      routes: [{ host: "shop.test", process: "web" }],
      tls: { mode: "off" },
      environment: {},
      secrets: [],
      volumes: ["media", "films"],
      keep: 3,
      limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
    },
    quiet,
  );
}
const media = { volume: "media", at: "/media/" };
const shared = () => Object.keys(host.sharesOf.get("shop") ?? {});

test("the edge may read a volume before it leads there, and no more once it has left", async () => {
  await releaseWith(media);
  expect(host.sharesOf.get("shop")).toEqual({ media: "shop_media" });
  expect(host.configuration).toContain("reverse_proxy unix//run/slipway-media/shop/http.sock");
  const order = host.effects.filter((effect) => /^(shares.set shop media|edge.load)/.test(effect));
  expect(order.indexOf("shares.set shop media")).toBeLessThan(order.lastIndexOf("edge.load"));

  let atSwitch: string[] = [];
  host.onEffect = (effect) => {
    if (effect === "edge.load") atSwitch = shared();
  };
  await releaseWith({ volume: "films", at: "/media/" }, "b");
  expect(atSwitch.sort()).toEqual(["films", "media"]);
  expect(shared()).toEqual(["films"]);
  await releaseWith(undefined);
  expect(shared()).toEqual([]);
});

test("a release that fails leaves what was shared before it", async () => {
  await releaseWith(media);
  const { result } = await releaseWith({ volume: "films", at: "/media/" }, "c");
  expect(result).toBe("failed");
  expect(shared()).toEqual(["media"]);
});

test("removing the app closes its volumes and keeps them", async () => {
  await releaseWith(media);
  await remove(host, "shop", { ...quiet, volumes: false });
  expect(shared()).toEqual([]);
  expect([...host.volumes]).toContain("shop_media");
});
