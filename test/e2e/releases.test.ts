/** A fair sample of what `npm run test:faults` tries in full: releases under load, releases that must fail, and a host that dies under one. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresByReason } from "../../bench/loadResult";
import { badReleases } from "../faults/support/badReleases";
import { everyStep, type Fault, runCell } from "../faults/support/cell";
import { Harbour } from "../faults/support/harbour";
import { beginLoad } from "../faults/support/load";
import { expectTold, expectUntouched, expectWhole } from "../faults/support/outcome";
import { type Ssh, sshTo } from "../faults/support/ssh";
import { TestStack } from "./support/stack";

const harbour = new Harbour(new TestStack(3));
let ssh: Ssh;

beforeAll(async () => {
  await harbour.begin();
  await harbour.giveDatabase();
  ssh = await sshTo(harbour);
  await harbour.releaseGood(everyStep);
});
afterAll(async () => {
  ssh.end();
  await harbour.stack.remove();
});

describe("load", () => {
  it("counts what is lost when the app and the edge are stopped without care", async () => {
    const load = await beginLoad(harbour);
    await sleep(1500);
    await harbour.sh(
      "docker restart -t 0 $(docker ps -q --filter label=slipway.app=harbour --filter label=slipway.process=web)",
    );
    await sleep(1500);
    await harbour.sh("systemctl restart caddy");
    await sleep(1500);
    const { failures } = await load.stop();
    const kinds = new Set(failures.map(({ kind }) => kind));
    expect(kinds).toContain("upload");
    expect(kinds).toContain("fresh");
  });

  it("loses nothing in three releases in a row, nor has the edge that was started before load its configuration again", async () => {
    const loads = () => harbour.sh("journalctl -u caddy -o cat --no-pager --grep 'server running' | grep -c .");
    const before = await loads();
    const load = await beginLoad(harbour);
    for (let count = 0; count < 3; count++) await harbour.releaseGood(everyStep);
    const result = await load.stop();
    expect(await loads()).toEqual(before);
    expect(failuresByReason(result)).toEqual({});
    expect(result.asked).toBeGreaterThan(500);
    await expectWhole(harbour);
  });
});

describe("a release that", () => {
  const sample = [
    "crashes at its start",
    "is healthy and gets sick within the window",
    "has a failing migration",
    "is refused by the registry",
  ];
  const chosen = badReleases.filter(({ name }) => sample.includes(name));

  it("is tried here is on the list", () => expect(chosen.map(({ name }) => name).sort()).toEqual([...sample].sort()));

  it.each(chosen)("$name is felt by nobody", async (bad) => {
    const good = await harbour.serving();
    const load = await beginLoad(harbour, { scale: 0.3, without: bad.without ?? [] });
    const ran = await bad.around(harbour, await bad.make(harbour));
    const seen = await load.stop();
    expectTold(ran, bad);
    await expectUntouched(harbour, good, bad);
    expect(failuresByReason(seen)).toEqual({});
  });
});

describe("SIGKILL of", () => {
  const cells: readonly [Fault, string][] = [
    ["client", "start"],
    ["engine", "health"],
    ["engine", "workers"],
    ["dockerd", "release command"],
    ["machine", "edge"],
  ];
  it.each(cells)("the %s before «%s» leaves a host that the next release finds whole", async (fault, step) => {
    const { failed } = await runCell(harbour, ssh, step, fault);
    if (fault === "client" || fault === "engine") expect(failed).toBe(0);
  });
});
