/** Releases that must not succeed. Whatever is wrong with one, nobody who asks the app notices, and who released it is told what to do. */
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresByReason } from "../../bench/loadResult";
import { TestStack } from "../e2e/support/stack";
import { badReleases } from "./support/badReleases";
import { Harbour } from "./support/harbour";
import { beginLoad } from "./support/load";
import { notesManifest } from "./support/notes";
import { expectTold, expectUntouched } from "./support/outcome";

const stack = new TestStack(3);
const harbour = new Harbour(stack);
let good = "";

beforeAll(async () => {
  await harbour.begin();
  good = await harbour.releaseGood();
});
afterAll(() => stack.remove());

describe("a release of harbour", () => {
  it.each(badReleases)("that $name", async (bad) => {
    const manifest = await bad.make(harbour);
    const load = await beginLoad(harbour, { scale: 0.3, without: bad.without ?? [] });
    const ran = await bad.around(harbour, manifest);
    const { asked, ...seen } = await load.stop();
    expectTold(ran, bad);
    await expectUntouched(harbour, good, bad);
    expect(failuresByReason(seen)).toEqual({});
    expect(asked).toBeGreaterThan(30);
  });
});

describe("a release of notes", () => {
  const python = (line: string) => ["python", "-c", `import os, psycopg; ${line}`];
  const migration = python(
    "psycopg.connect(os.environ['DATABASE_URL']).execute('ALTER TABLE board_note ADD COLUMN berth int')",
  );

  it("whose migration waits for a lock that somebody holds ends in time and says so", async () => {
    const holder = execa(
      "docker",
      [
        ...["exec", harbour.machine, "sudo", "-u", "postgres", "psql", "-d", "notes", "-c"],
        "BEGIN; LOCK TABLE board_note IN ACCESS SHARE MODE; SELECT pg_sleep(60)",
      ],
      { reject: false },
    );
    const manifest = await notesManifest(harbour, (same) => ({
      ...same,
      release: { process: "web", command: migration },
      environment: { ...same.environment, BERTH: "1" },
      limits: { ...same.limits, lock: 2 },
    }));
    const begun = Date.now();
    const ran = await harbour.release(manifest);
    const seconds = (Date.now() - begun) / 1000;
    await harbour.sh(
      "sudo -u postgres psql -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()\"",
    );
    await holder;
    expectTold(ran, { step: "release command", reason: /exit code 1/, lines: /lock timeout/ });
    expect(seconds).toBeLessThan(30);
    expect((await harbour.ledger("notes")).at(-1)).toMatchObject({ result: "failed", step: "release command" });
  });

  it("while its database is down fails before anything moves, and other apps notice nothing", async () => {
    const manifest = await notesManifest(harbour, (same) => ({
      ...same,
      environment: { ...same.environment, BERTH: "2" },
    }));
    const load = await beginLoad(harbour, { scale: 0.3 });
    await harbour.sh("systemctl stop postgresql");
    const ran = await harbour.release(manifest);
    await harbour.sh("systemctl start postgresql");
    const seen = await load.stop();
    expect(ran.code).toBe(1);
    expect(ran.output).toMatch(/failed at step «(database|snapshot|release command)»/);
    expect(ran.output).toMatch(/state: release \d+ keeps serving/);
    expect(ran.output).not.toMatch(/the release command has run/);
    expect((await harbour.ledger("notes")).at(-1)).toMatchObject({ result: "failed" });
    expect(failuresByReason(seen)).toEqual({});
    const again = await harbour.release({ ...manifest, origin: { ...manifest.origin, sequence: Date.now() } });
    expect(again.output).toMatch(/release \d+ of notes is live/);
  });
});
