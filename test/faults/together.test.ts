/** Releases that meet: two of one app, an older after a newer, a way back under way, two apps side by side. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { failuresByReason } from "../../bench/loadResult";
import { TestStack } from "../e2e/support/stack";
import { Harbour } from "./support/harbour";
import { beginLoad } from "./support/load";
import { expectWhole } from "./support/outcome";

const harbour = new Harbour(new TestStack(3));

beforeAll(async () => {
  await harbour.begin();
  await harbour.releaseGood();
});
afterAll(() => harbour.stack.remove());

it("two at once: the second waits, says for whom, and both become live in turn", async () => {
  const [first, second] = [await harbour.image(), await harbour.image()];
  const load = await beginLoad(harbour);
  const one = harbour.start({
    ...harbour.manifest(first.image),
    origin: { sequence: Date.now(), actor: "first mate" },
  });
  await one.until("✓ fence");
  const two = await harbour.release(harbour.manifest(second.image));
  expect((await one.done).output).toMatch(/is live/);
  expect(two.output).toMatch(/… waits for another release of harbour: first mate/);
  expect(two.output).toMatch(/is live/);
  expect(await harbour.serving()).toBe(second.version);
  expect(failuresByReason(await load.stop())).toEqual({});
  await expectWhole(harbour);
});

it("an older after a newer is refused, and the newer goes on", async () => {
  const older = await harbour.image();
  const sequence = Date.now();
  const newer = await harbour.releaseGood();
  const { code, output } = await harbour.release({
    ...harbour.manifest(older.image),
    origin: { sequence, actor: "harbour master" },
  });
  expect(output).toMatch(/failed at step «fence»/);
  expect(code).toBe(1);
  expect(await harbour.serving()).toBe(newer);
  await expectWhole(harbour);
});

it("a way back asked for during a release waits for it, and goes back from it", async () => {
  const before = await harbour.serving();
  const { image, version } = await harbour.image();
  const release = harbour.start(harbour.manifest(image));
  await release.until("✓ fence");
  const { code, output } = await harbour.sh("slipway rollback harbour");
  expect((await release.done).output).toMatch(/is live/);
  expect(output).toMatch(/is live/);
  expect(code).toBe(0);
  expect(await harbour.serving()).toBe(before);
  expect(version).not.toBe(before);
  await expectWhole(harbour);
});

it("two apps at once go side by side, each to its own address", async () => {
  await harbour.releaseGood({ app: "wharf" });
  const [ours, theirs] = [await harbour.image(), await harbour.image()];
  const loads = [await beginLoad(harbour, { scale: 0.5 }), await beginLoad(harbour, { scale: 0.5, app: "wharf" })];
  const [a, b] = await Promise.all([
    harbour.release(harbour.manifest(ours.image)),
    harbour.release(harbour.manifest(theirs.image, { app: "wharf" })),
  ]);
  for (const { code, output } of [a, b]) {
    expect(output).toMatch(/is live/);
    expect(output).not.toMatch(/waits for another release/);
    expect(code).toBe(0);
  }
  for (const load of loads) expect(failuresByReason(await load.stop())).toEqual({});
  expect([await harbour.serving(), await harbour.serving("wharf")]).toEqual([ours.version, theirs.version]);
  await expectWhole(harbour);
  await expectWhole(harbour, "wharf");
  await harbour.remove("wharf");
});
