/** What must be true after a release that failed. */
import { expect } from "vitest";
import type { ReleaseRecord } from "../../../agent/record";
import { type Harbour, type Ran, SECRET } from "./harbour";

/** How a release that must fail does. */
export interface Expected {
  /** The step it fails at. */
  readonly step: string;
  readonly reason: RegExp;
  /** What the container's last lines say, where one is to blame. */
  readonly lines?: RegExp;
}

/** Step, reason, last lines, state and what to do are told; no secret, no stack trace. */
export function expectTold({ code, output }: Ran, { step, reason, lines }: Expected): void {
  expect(output).toContain(`failed at step «${step}»`);
  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(`^slipway: release \\d+ of \\S+ failed at step «${step}»: .*${reason.source}`, "ms"),
  );
  if (lines) {
    expect(output).toMatch(lines);
    expect(output).toMatch(/^ +\| /m);
  }
  expect(output).toMatch(/^state: /m);
  expect(output).toMatch(/^next: /m);
  expectNoSecret(output);
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
}

/** The release that served before serves alone, and the ledger says why the other doesn't. */
export async function expectUntouched(harbour: Harbour, version: string, { step, reason }: Expected): Promise<void> {
  expect(await harbour.serving()).toBe(version);
  const row = (await harbour.ledger()).at(-1);
  expect(row).toMatchObject({ result: "failed", step });
  expect(row?.reason).toMatch(reason);
  expectNoSecret(JSON.stringify(row));
  await expectWhole(harbour);
}

/** Exactly the live release's containers, folders, doors and edge are there, and no lock is held. */
export async function expectWhole(harbour: Harbour, app = "harbour"): Promise<void> {
  expect(await remainsOf(harbour, app)).toEqual([]);
}

/** What is on the machine that should not be, in words; empty if all is whole. */
export async function remainsOf(harbour: Harbour, app = "harbour"): Promise<readonly string[]> {
  const { apps, edge } = await harbour.status();
  const status = apps.find((one) => one.app === app);
  if (status?.release === undefined) return [`${app} has no live release`];
  const record = await harbour.sh(`cat /var/lib/slipway/apps/${app}/releases/${status.release}/record.json`);
  // What goes on from an earlier release is part of this one.
  const { kept = {} } = JSON.parse(record.output) as Pick<ReleaseRecord, "kept">;
  const containers = await harbour.sh(
    `docker ps -a --filter label=slipway.app=${app} --format '{{.Label "slipway.release"}} {{.State}} {{.Label "slipway.process"}} {{.Names}}'`,
  );
  const folders = await harbour.sh(
    `ls /var/lib/slipway/apps/${app}/releases; ls /var/lib/slipway/edge/${app}/ports/*/*`,
  );
  const known = new Set(
    (await harbour.ledger(app)).filter(({ result }) => result === "live").map(({ release }) => String(release)),
  );
  const live = String(status.release);
  return [
    ...containers.output
      .split("\n")
      .filter((line) => {
        const [release, state, process = ""] = line.split(" ");
        return line !== "" && (release !== String(kept[process] ?? live) || state !== "running");
      })
      .map((line) => `container ${line}`),
    ...folders.output
      .split("\n")
      .filter((line) => /^\d+$/.test(line) && !known.has(line))
      .map((line) => `folder of release ${line}, which never was live`),
    ...folders.output
      .split("\n")
      .filter((line) => line.endsWith(".ports") && 999_999 - Number(line.slice(0, 6)) !== status.release)
      .map((line) => `door ${line}`),
    ...Object.entries(status.processes)
      .filter(([, { running, wanted }]) => running !== wanted)
      .map(([name, { running, wanted }]) => `${name}: ${running} of ${wanted} run`),
    ...status.strays.map((name) => `stray ${name}`),
    ...(status.busy === undefined ? [] : [`lock held: ${status.busy}`]),
    ...(edge === "as it should be" ? [] : [`edge ${edge}`]),
  ];
}

function expectNoSecret(text: string): void {
  for (const secret of [SECRET, "rehearsal-only", WRONG_PASSWORD]) expect(text).not.toContain(secret);
}

/** A password that the registry refuses. */
export const WRONG_PASSWORD = "not-the-password-of-anything";
