import { expect, test } from "vitest";
import { MemoryHost } from "../memory";
import { record } from "../record.examples";
import { moveSchedules } from "./schedules";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const nightly = { image, compose: {}, replicas: 1, schedule: "30 4 1,15 * 5" };

test("the timers are those of the record, and of no other; a second time nothing happens", async () => {
  const host = new MemoryHost();
  const { processes } = record().content;
  const scheduled = record({ processes: { ...processes, nightly }, delivery: { every: 30 } }).content;
  expect(await moveSchedules(host, scheduled)).toBe(true);
  expect(host.timersOf.get("shop")).toEqual({
    nightly: {
      calendars: ["*-*-01,15 04:30:00 UTC", "Fri *-*-* 04:30:00 UTC"],
      argv: ["job", "shop", "nightly"],
    },
    follow_tags: { every: 30, argv: ["follow", "shop"] },
  });
  expect(await moveSchedules(host, scheduled)).toBe(false);
  expect(await moveSchedules(host, record().content)).toBe(true);
  expect(host.timersOf.get("shop")).toEqual({});
});
