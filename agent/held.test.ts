import { expect, test } from "vitest";
import { heldBecause, hold, resumeAfter } from "./held";
import { MemoryHost } from "./memory";

test("tags are held until a release that isn't one of the rollback's images", async () => {
  const host = new MemoryHost();
  expect(await heldBecause(host, "shop")).toBeUndefined();
  await hold(host, "shop", "rollback to release 1 by bo");
  await resumeAfter(host, { app: "shop", origin: { sequence: 5, actor: "ana", rollback: 1 } });
  expect(await heldBecause(host, "shop")).toBe("rollback to release 1 by bo, 2026-01-01 00:00:00 UTC");
  await resumeAfter(host, { app: "shop", origin: { sequence: 6, actor: "ana" } });
  expect(await heldBecause(host, "shop")).toBeUndefined();
});
