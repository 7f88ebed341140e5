import { expect, it } from "vitest";
import type { Row } from "../ledger";
import { mailText, releaseMessage, slackText, troubleMessage } from "./message";

const row: Row = {
  release: 8,
  at: "2026-01-01T11:40:00.000Z",
  actor: "ana",
  sequence: 1,
  commit: "0123456789abcdef",
  run: "https://ci.test/8",
  images: {},
  milliseconds: 12_340,
  result: "live",
};
const app = { app: "shop", serving: 7, addresses: ["https://shop.test"] };

it("a release that is live: who, which commit, which run, how long, where", () => {
  expect(releaseMessage(app, row)).toEqual({
    mood: "good",
    title: "shop: release 8 is live",
    lines: [
      "By ana, commit 0123456789ab, 2026-01-01 11:40:00 UTC, after 12.3 s",
      "https://ci.test/8",
      "https://shop.test",
    ],
  });
});

it("one that failed: why, and what serves now", () => {
  const failed = { ...row, result: "failed" as const, step: "health", reason: `web: ${"x".repeat(2_000)}` };
  const { title, lines } = releaseMessage(app, failed);
  expect(title).toBe("shop: release 8 failed at «health»");
  expect(lines[0]).toHaveLength(1_000);
  expect(lines.slice(1)).toEqual([
    "By ana, commit 0123456789ab, 2026-01-01 11:40:00 UTC",
    "https://ci.test/8",
    "Release 7 serves.",
    "All it printed: sudo slipway releases shop 8",
  ]);
  const first = releaseMessage({ app: "shop", addresses: [] }, failed);
  expect(first.lines).toContain("Nothing of shop is live.");
});

it("as Slack and as mail take it", () => {
  const message = troubleMessage({ key: "k", kind: "disk", title: "a *full* <disk>", lines: ["4 & 5"] }, row.at);
  expect(slackText(message, "slipway/prod")).toBe(
    "❌ *a ∗full∗ &lt;disk&gt;* (slipway/prod)\n4 &amp; 5\nSeen first 2026-01-01 11:40:00 UTC",
  );
  expect(mailText(message, "slipway/prod", "host-1")).toEqual({
    subject: "[slipway/prod] a *full* <disk>",
    text: "a *full* <disk>\n\n4 & 5\nSeen first 2026-01-01 11:40:00 UTC\n\n-- \nSlipway, stack slipway/prod on host-1. slipway:notify in its settings says who gets this.\n",
  });
});
