import { beforeEach, describe, expect, it } from "vitest";
import { Failure } from "./failure";
import type { Manifest } from "./manifest";
import { MemoryHost } from "./memory";
import { appPaths } from "./paths";
import { record } from "./record.examples";
import { release } from "./release";
import { repair, repairText } from "./repair";

let host: MemoryHost;
const options = { wait: 1, pid: 9 };

/** Release `sequence` of an app. */
function manifest(app: string, sequence: number): Manifest {
  const image = `registry.test/${app}@sha256:${String(sequence).repeat(64)}`;
  host.images.set(image, {});
  const processes = { web: { image, compose: {}, port: 8000, health: "/up", replicas: 1 } };
  const routes = [{ host: `${app}.test`, process: "web" }];
  return {
    ...record({ app, processes, routes }).content,
    environment: {},
    origin: { sequence, actor: "ana" },
  };
}

async function run(asked: Manifest): Promise<void> {
  await release(host, asked, { pid: 7, say: () => {}, complain: () => {} });
}

/** A release that is killed as its containers start. */
async function killed(asked: Manifest): Promise<void> {
  host.onEffect = (name) => {
    if (name.startsWith("docker.start")) host.killAfter = 0;
  };
  await run(asked).catch(() => {});
  host.onEffect = () => {};
  host.revive();
}

beforeEach(async () => {
  host = new MemoryHost();
  await run(manifest("notes", 1));
  await run(manifest("shop", 1));
});

describe("a repair", () => {
  it("undoes what was interrupted before the switch and says what serves, app by app", async () => {
    await killed(manifest("shop", 2));
    const repairs = await repair(host, options);
    expect(repairs).toEqual([
      { app: "notes", serving: 1, mended: [] },
      {
        app: "shop",
        serving: 1,
        mended: ["removed shop-r2-web-1", "release 2 was interrupted before the switch: it is undone"],
      },
    ]);
    expect(repairText(repairs)).toEqual([
      "shop: removed shop-r2-web-1",
      "shop: release 2 was interrupted before the switch: it is undone",
      "shop: release 1 serves",
    ]);
    expect(host.serving("shop", "web")).toBe("1");
    expect(repairText(await repair(host, options))).toEqual(["nothing to mend"]);
  });

  it("looks at one app if asked to, and refuses one that isn't there", async () => {
    expect(await repair(host, { ...options, app: "notes" })).toEqual([{ app: "notes", serving: 1, mended: [] }]);
    await expect(repair(host, { ...options, app: "wiki" })).rejects.toThrow(
      new Failure("there is no app wiki on this host; it has: notes, shop"),
    );
  });

  it("leaves an app to the release under way, and goes on to the next where one can't be mended", async () => {
    await host.lock({ path: appPaths("notes").lock, wait: 0, owner: "ben", onWait: () => {} });
    host.broken.set("docker.containers slipway.app=shop", "no answer");
    const repairs = await repair(host, options);
    expect(repairText(repairs)).toEqual([
      "notes: left to the release under way: /run/slipway/notes.lock is held",
      "! shop: can't be mended: no answer",
    ]);
  });
});

it("says what became of the host's services before it speaks of apps", async () => {
  const failed = [{ unit: "ssh.service", line: "SSH (ssh.service) has failed; «journalctl -u ssh.service» says why" }];
  const revival = { mended: ["the edge (caddy.service) did not run; it was started"], failed };
  expect(repairText(await repair(host, options), revival)).toEqual([
    "the edge (caddy.service) did not run; it was started",
    "! SSH (ssh.service) has failed; «journalctl -u ssh.service» says why",
  ]);
  expect(repairText([], { mended: [], failed: [] })).toEqual(["nothing to mend"]);
});
