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

describe("a server with a volume", () => {
  const limits = { health: 20, release: 20, drain: 10, settle: 0, watch: 1, lock: 2, wait: 60 };
  const sql = (text: string) =>
    harbour.sh(
      `docker exec $(docker ps -q --filter label=slipway.app=quay --filter label=slipway.process=db) psql -U postgres -Atc "${text}"`,
    );

  it("goes on through releases of the page, hands its volume over to its own new version, and has it back where that fails", async () => {
    const server = await harbour.push("db", "FROM slipway-sandbox/postgres:17\n");
    const release = async (version: string, web: string) => {
      const db = {
        image: server,
        replicas: 1,
        compose: { volumes: ["rows:/var/lib/postgresql/data"], labels: { version } },
      };
      return harbour.release(
        harbour.manifest(web, {
          app: "quay",
          limits,
          change: (quay) => ({
            ...quay,
            processes: {
              web: { ...quay.processes.web, image: web, replicas: 1, compose: { depends_on: ["db"] } },
              db,
            },
            environment: { POSTGRES_PASSWORD: "only here", POSTGRES_HOST_AUTH_METHOD: "trust" },
            volumes: ["rows"],
          }),
        }),
      );
    };
    const ids = () => harbour.sh("docker ps -q --filter label=slipway.app=quay --filter label=slipway.process=db");
    expect((await release("1", (await harbour.image()).image)).output).toMatch(
      /✓ servers .*✓ release command.*is live/s,
    );
    while ((await sql("CREATE TABLE acked (n serial)")).code !== 0) await sleep(200);
    const kept = await ids();
    const good = await harbour.image();
    expect((await release("1", good.image)).output).not.toContain("✓ servers");
    expect(await ids()).toEqual(kept);
    expect((await sql("INSERT INTO acked DEFAULT VALUES RETURNING n")).output).toContain("1");
    expect((await release("2", good.image)).output).toMatch(/db stood still for [\d.]+ s/);
    expect(await ids()).not.toEqual(kept);
    const second = await ids();
    expect((await release("3", (await harbour.image({ fault: "unhealthy" })).image)).output).toMatch(
      /! 1 container of release 3 started again: quay-r3-db-1/,
    );
    expect(await ids()).toEqual(second);
    while ((await sql("SELECT 1")).code !== 0) await sleep(200);
    expect((await sql("INSERT INTO acked DEFAULT VALUES RETURNING n")).output).toMatch(/^(2|34)$/m);
    expect((await sql("SELECT count(*) FROM acked")).output).toBe("2");
    await harbour.remove("quay");
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
