/** Servers that keep data, written to without a pause through every kind of release: nothing acknowledged is lost, and no two share a volume. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { HOLD } from "../../agent/paths";
import { TestStack } from "../e2e/support/stack";
import { Harbour } from "./support/harbour";
import { Store, servers, type Version } from "./support/store";

const harbour = new Harbour(new TestStack(3));
const store = new Store(harbour);
const nothing = Object.fromEntries(servers.map((name) => [name, []]));
let tag = 1;
let labels: NonNullable<Version["labels"]> = {};

beforeAll(async () => {
  await harbour.begin();
  await store.build();
});
afterAll(() => harbour.stack.remove());

/** The version before with another container of each of these. */
function renewed(...names: (keyof NonNullable<Version["labels"]>)[]): Version {
  tag += 1;
  labels = { ...labels, ...Object.fromEntries(names.map((name) => [name, String(tag)])) };
  return { labels };
}

async function live(version: Version): Promise<string> {
  const { code, output } = await store.release(version);
  expect(output).toMatch(/is live/);
  expect(code).toBe(0);
  return output;
}

async function expectNothingLost(): Promise<void> {
  const { lost, acknowledged, longest } = await store.end();
  const { looks, pairs } = await store.watched();
  console.log({ acknowledged, longest, looks });
  expect(pairs).toEqual([]);
  expect(lost).toEqual(nothing);
  // It was written and looked all the time.
  for (const name of servers) expect(acknowledged[name], name).toBeGreaterThan(50);
  expect(looks).toBeGreaterThan(200);
}

const all = ["db", "aof", "rdb", "queue", "page", "front"] as const;

it("in the first release, ten more, a failed one, a rollback, and without a server and with it again", async () => {
  await store.begin();
  await live({});
  // The page alone, as most releases are: nothing else is touched.
  let before = await harbour.sh(
    "docker ps --filter label=slipway.app=store --format '{{.ID}} {{.Names}}' | grep -v front",
  );
  for (let count = 0; count < 4; count++) await live(renewed("front"));
  expect(
    await harbour.sh("docker ps --filter label=slipway.app=store --format '{{.ID}} {{.Names}}' | grep -v front"),
  ).toEqual(before);
  for (const name of ["db", "aof", "rdb", "queue", "page"] as const)
    expect(await live(renewed(name))).toMatch(new RegExp(`${name} stood still for`));
  await live(renewed(...all));
  before = await harbour.sh("docker ps --filter label=slipway.app=store --format '{{.Names}}' | sort");
  const failed = await store.release({ ...renewed(...all), sick: true });
  expect(failed.output).toMatch(/failed at step «health»/);
  expect(await harbour.sh("docker ps --filter label=slipway.app=store --format '{{.Names}}' | sort")).toEqual(before);
  expect((await harbour.sh("slipway rollback store")).output).toMatch(/is live/);
  await live({ labels, without: ["aof"] });
  await live({ labels });
  await expectNothingLost();
});

it("when the engine is killed at each step of a release that renews them all, and the next run takes up", async () => {
  await live({ labels });
  await store.begin();
  const steps = ["create", "servers", "start", "health", "in place", "edge", "watch", "stop the old release", "prune"];
  for (const step of steps) {
    await harbour.sh(`mkdir -p $(dirname ${HOLD}); echo '${step}' > ${HOLD}`);
    const release = harbour.start(store.manifest(renewed(...all)));
    await release.until(`is held before «${step}»`);
    await harbour.sh("pkill -KILL -f '^/usr/bin/node /usr/local/lib/slipway/slipway.js release'");
    await harbour.sh(`rm -f ${HOLD}`);
    await release.done;
    const repaired = await harbour.sh("slipway repair store");
    expect(repaired.output, step).not.toMatch(/can't be mended/);
    expect((await harbour.status()).apps.find(({ app }) => app === "store")?.problems, step).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/of \d+ run/)]),
    );
  }
  await expectNothingLost();
});
