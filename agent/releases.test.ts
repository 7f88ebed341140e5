import { beforeEach, expect, test } from "vitest";
import { type Row, writeRow } from "./ledger";
import { MemoryHost } from "./memory";
import { releasePaths } from "./paths";
import { writeLive } from "./record";
import { findRelease, listReleases } from "./releases";
import { releasesText, releaseText } from "./releases-text";
import { logPath } from "./run-log";

const image = (digit: string) => `registry.test/shop@sha256:${digit.repeat(64)}`;
const row = (release: number, changes: Partial<Row> = {}): Row => ({
  release,
  at: `2026-01-01T0${release}:00:00.000Z`,
  actor: "ana",
  commit: `${release}`.repeat(40),
  sequence: release,
  images: { web: image("a"), worker: image("a") },
  milliseconds: 9_040,
  result: "live",
  ...changes,
});

let host: MemoryHost;
beforeEach(async () => {
  host = new MemoryHost();
  const { commit: _commit, milliseconds: _milliseconds, ...cutOff } = row(4, { result: "interrupted" });
  for (const one of [
    row(1),
    row(2, { rollback: 1, images: { web: image("b"), worker: image("c") } }),
    row(3, {
      result: "failed",
      step: "health",
      reason: "web: status 500\nlast asked /up",
      actor: "github-actions[bot] for a long name",
    }),
    { ...cutOff, reason: "its run was killed before the switch" },
    row(5, { run: "https://ci.test/5" }),
  ])
    await writeRow(host.files, "shop", one);
  await writeLive(host.files, "shop", { release: 5, sequence: 5 });
  for (const release of [2, 5]) await host.files.write(releasePaths("shop", release).record, "{}", 0o600);
});

test("the table: newest first, what is live, what can be gone back to, why the others aren't live", async () => {
  const all = await listReleases(host, "shop");
  expect(all.map(({ release, live, onRecord }) => [release, live, onRecord])).toEqual([
    [1, false, false],
    [2, false, true],
    [3, false, false],
    [4, false, false],
    [5, true, true],
  ]);
  expect(releasesText(all, { app: "shop", rows: 20, width: 126 })).toEqual([
    "release  when (UTC)           who                   commit        image                      took   result",
    "5 *      2026-01-01 05:00:00  ana                   555555555555  aaaaaaaaaaaa               9.0 s  live",
    "4        2026-01-01 04:00:00  ana                   -             aaaaaaaaaaaa               -      interrupted: its run was…",
    "3        2026-01-01 03:00:00  github-actions[bot]…  333333333333  aaaaaaaaaaaa               9.0 s  failed at «health»: web:…",
    "2        2026-01-01 02:00:00  ana                   222222222222  bbbbbbbbbbbb cccccccccccc  9.0 s  replaced, rollback to 1",
    "1        2026-01-01 01:00:00  ana                   111111111111  aaaaaaaaaaaa               9.0 s  replaced, pruned",
    "pruned: its image is no longer kept here, so there is no going back to it",
  ]);
});

test("the table's beginning, with what is left out counted", async () => {
  const all = await listReleases(host, "shop");
  expect(releasesText(all, { app: "shop", rows: 2, width: 200 })).toEqual([
    "release  when (UTC)           who  commit        image         took   result",
    "5 *      2026-01-01 05:00:00  ana  555555555555  aaaaaaaaaaaa  9.0 s  live",
    "4        2026-01-01 04:00:00  ana  -             aaaaaaaaaaaa  -      interrupted: its run was killed before the switch",
    "3 older releases; to see them too: slipway releases shop -n 5",
  ]);
});

test("one release, with what it printed", async () => {
  await host.files.write(logPath("shop", 3), "✓ fence 0.0 s\n✗ health 5.0 s\n", 0o644);
  expect(releaseText("shop", await findRelease(host, "shop", 3), Date.UTC(2026, 0, 1, 5))).toEqual([
    "release 3 of shop: failed at «health»",
    "  when    2026-01-01 03:00:00 UTC, 2 hours ago",
    "  took    9.0 s",
    "  who     github-actions[bot] for a long name",
    `  commit  ${"3".repeat(40)}`,
    `  image   web: ${image("a")}`,
    `  image   worker: ${image("a")}`,
    "  step    health",
    "  reason  web: status 500",
    "          last asked /up",
    "what it printed:",
    "  | ✓ fence 0.0 s",
    "  | ✗ health 5.0 s",
  ]);
  expect(releaseText("shop", await findRelease(host, "shop", 5), Date.UTC(2026, 0, 2, 5))).toEqual([
    "release 5 of shop: live",
    "  when    2026-01-01 05:00:00 UTC, 1 day ago",
    "  took    9.0 s",
    "  who     ana",
    `  commit  ${"5".repeat(40)}`,
    "  run     https://ci.test/5",
    `  image   web: ${image("a")}`,
    `  image   worker: ${image("a")}`,
    "what it printed is no longer kept",
  ]);
});

test("an app or a release that isn't there", async () => {
  await expect(listReleases(host, "blog")).rejects.toThrow(
    "no release of blog was ever tried on this host; «slipway status» lists the apps",
  );
  await expect(findRelease(host, "shop", 9)).rejects.toThrow(
    "there was no release 9 of shop on this host; the ledger has 1 to 5",
  );
});
