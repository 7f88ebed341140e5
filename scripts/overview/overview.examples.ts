/** What hosts say, for tests: one that is well, one that is not, and one that would like to run a script in a browser. */
import type { AppReport, HostReport } from "./hostReport";
import { type Learnt, type Overview, overviewOf } from "./overview";

/** When the examples are looked at. */
export const NOW = Date.UTC(2026, 0, 10, 12);

/** An app that is well. */
export function app(more: Partial<AppReport> = {}): AppReport {
  return {
    app: "shop",
    stack: "slipway/prod",
    release: 7,
    since: "2026-01-07T09:30:00.000Z",
    actor: "ana",
    commit: "0123456789abcdef0123456789abcdef01234567",
    run: "https://ci.example.com/runs/7",
    addresses: ["https://shop.example.com"],
    certificates: [{ name: "shop.example.com", until: "2026-03-01T00:00:00.000Z" }],
    maintenance: false,
    processes: {
      web: { running: 2, wanted: 2, unhealthy: 0 },
      nightly: { running: 0, wanted: 0, unhealthy: 0 },
    },
    snapshots: { count: 3, at: "2026-01-07T09:30:00.000Z" },
    problems: [],
    ...more,
  };
}

/** A host with these apps. */
export function host(apps: readonly AppReport[], more: Partial<HostReport> = {}): HostReport {
  return {
    name: "slipway-prod",
    at: new Date(NOW).toISOString(),
    apps: [...apps],
    disk: { free: 60e9, size: 80e9 },
    memory: { free: 3e9, size: 4e9 },
    problems: [],
    ...more,
  };
}

/** What would be markup, a script and an address that runs one, wherever a host says something. */
const HOSTILE = `"><script>window.pwned = 1</script><img src=x onerror="window.pwned = 2">&amp;'`;

const long = "an-app-with-a-name-that-is-longer-than-any-column-of-a-table-on-a-phone".repeat(2);

/** One of everything. */
export function everything(): Overview {
  const shared = host(
    [
      app(),
      app({
        app: "shop-pr-7",
        stack: "slipway/pr-7",
        release: 1,
        processes: { web: { running: 0, wanted: 1, unhealthy: 0 } },
        certificates: [{ name: "pr-7.example.com", pending: "the name has no A record" }],
        snapshots: { count: 0 },
        problems: ["web: 0 of 1 run; «slipway logs shop-pr-7 web» says why"],
      }),
      app({ app: "closed", maintenance: true, certificates: [] }),
    ],
    { disk: { free: 4e9, size: 80e9 }, problems: ["the disk has 4.0 GB free"] },
  );
  const hostile: Learnt = {
    stack: "hostile",
    address: "203.0.113.9",
    report: host(
      [
        app({
          app: long,
          stack: "slipway/hostile",
          actor: HOSTILE,
          commit: HOSTILE,
          run: "javascript:window.pwned = 3",
          addresses: ["javascript:window.pwned = 4", `https://${long}.example.com/${HOSTILE}`],
          problems: [HOSTILE, long],
        }),
      ],
      { name: HOSTILE, problems: [HOSTILE] },
    ),
  };
  return overviewOf(
    "slipway",
    [
      { stack: "prod", address: "203.0.113.7", report: shared },
      { stack: "pr-7", address: "203.0.113.7", report: shared },
      { stack: "new" },
      { stack: "lost", unknown: "203.0.113.8 can't be reached on port 22: Timed out while waiting for handshake" },
      hostile,
    ],
    NOW,
  );
}
