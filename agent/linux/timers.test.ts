import { expect, test } from "vitest";
import { unitName, unitsOf } from "./timers";

test("at the times of a schedule", () => {
  const calendars = ["*-*-13 04:30:00 UTC", "Fri *-*-* 04:30:00 UTC"];
  expect(unitsOf("shop", "tidy-up", { calendars, argv: ["job", "shop", "tidy-up"] })).toEqual({
    name: "slipway-shop_tidy-up",
    timer: `# Written by slipway from the live release.
[Unit]
Description=slipway: tidy-up of shop

[Timer]
OnCalendar=*-*-13 04:30:00 UTC
OnCalendar=Fri *-*-* 04:30:00 UTC
AccuracySec=1s
Persistent=false
DeferReactivation=true

[Install]
WantedBy=timers.target
`,
    service: `# Written by slipway from the live release.
[Unit]
Description=slipway: tidy-up of shop
After=docker.service caddy.service postgresql.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/local/bin/slipway job shop tidy-up
`,
  });
});

test("again and again, from the end of a run to the start of the next", () => {
  const { timer } = unitsOf("shop", "follow_tags", { every: 30, argv: ["follow", "shop"] });
  expect(timer.split("\n").slice(4, 8)).toEqual([
    "[Timer]",
    "OnActiveSec=30",
    "OnUnitInactiveSec=30",
    "AccuracySec=1s",
  ]);
});

test("hyphens in names don't make two units one", () => {
  expect(unitName("a", "b-c")).not.toBe(unitName("a-b", "c"));
});
