import { expect, test } from "vitest";
import { type Row, readLedger, writeRow } from "./ledger";
import { MemoryHost } from "./memory";

const row = (release: number, changes: Partial<Row> = {}): Row => ({
  release,
  at: "2026-01-02T03:04:05.678Z",
  actor: "ana",
  sequence: release,
  images: { web: `r/x@sha256:${"ab".repeat(32)}` },
  milliseconds: 1234,
  result: "live",
  ...changes,
});

test("a row torn off by a power cut is left out and does not spoil the next", async () => {
  const { files } = new MemoryHost();
  await writeRow(files, "shop", row(1));
  await files.append("/var/lib/slipway/apps/shop/ledger.jsonl", '{"release":2,"at":"20');
  await writeRow(files, "shop", row(3));
  expect((await readLedger(files, "shop")).map(({ release }) => release)).toEqual([1, 3]);
});
