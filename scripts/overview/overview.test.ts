import { describe, expect, it } from "vitest";
import { hostReportOf } from "./hostReport";
import { overviewOf, problemsOf } from "./overview";
import { app, everything, host, NOW } from "./overview.examples";
import { pageOf } from "./page";
import { tableText } from "./table";

const of = (...apps: Parameters<typeof host>[0]) =>
  overviewOf("slipway", [{ stack: "prod", address: "203.0.113.7", report: host(apps) }], NOW).stacks[0]?.apps ?? [];
const health = (more: Parameters<typeof app>[0]) => of(app(more))[0]?.health;

describe("an app", () => {
  it("that is well", () => {
    expect(of(app())).toEqual([
      {
        app: "shop",
        health: "well",
        release: 7,
        since: "2026-01-07T09:30:00.000Z",
        actor: "ana",
        commit: "0123456789abcdef0123456789abcdef01234567",
        run: "https://ci.example.com/runs/7",
        addresses: ["https://shop.example.com"],
        running: { running: 2, wanted: 2 },
        certificate: { name: "shop.example.com", days: 49 },
        snapshot: { count: 3, at: "2026-01-07T09:30:00.000Z" },
        problems: [],
      },
    ]);
  });

  it("in every other state", () => {
    const web = (running: number, unhealthy = 0) => ({ processes: { web: { running, wanted: 2, unhealthy } } });
    expect(health({ ...web(1), problems: ["web: 1 of 2 run"] })).toBe("trouble");
    expect(health({ ...web(0), problems: ["web: 0 of 2 run"] })).toBe("down");
    expect(health({ ...web(2, 2), problems: ["web: 2 of 2 are not healthy"] })).toBe("down");
    expect(health({ maintenance: true })).toBe("closed");
    expect(health({ busy: "ana, pid 1" })).toBe("releasing");
    expect(health({ processes: { nightly: { running: 0, wanted: 0, unhealthy: 0 } } })).toBe("well");
    const { release: _release, ...none } = app();
    expect(of(none)[0]?.health).toBe("nothing live");
  });

  it("is told of the certificate that ends first, and of a missing one before all", () => {
    const ending = (name: string, until?: string) => ({ name, ...(until && { until }) });
    const two = [ending("a.test", "2026-03-01T00:00:00Z"), ending("b.test", "2026-01-10T11:00:00Z")];
    expect(of(app({ certificates: two }))[0]?.certificate).toEqual({ name: "b.test", days: -1 });
    expect(of(app({ certificates: [...two, ending("c.test")] }))[0]?.certificate).toEqual({ name: "c.test" });
    expect(of(app({ certificates: [] }))[0]).not.toHaveProperty("certificate");
  });

  it("is its own stack's, on a machine that others have apps on", () => {
    const { stacks } = everything();
    expect(
      stacks.map(({ stack, state, apps }) => [
        stack,
        state,
        apps
          .map((one) => one.app)
          .join(" ")
          .slice(0, 11),
      ]),
    ).toEqual([
      ["hostile", "up", "an-app-with"],
      ["lost", "unknown", ""],
      ["new", "not up", ""],
      ["pr-7", "up", "shop-pr-7"],
      ["prod", "up", "shop closed"],
    ]);
    expect(stacks[3]?.machine?.shared).toEqual(["slipway/prod"]);
  });
});

it("a table for a terminal, and what is wrong below it", () => {
  const { stacks, ...rest } = everything();
  expect(tableText({ ...rest, stacks: stacks.slice(1) })).toEqual([
    `
┌───────┬────────────────────────┬───────────┬───────────┬────────┬─────────────┬───────────────┬─────────┬────────────┐
│ stack │ machine                │ app       │ live      │ since  │ by          │ health        │ cert    │ snapshot   │
├───────┼────────────────────────┼───────────┼───────────┼────────┼─────────────┼───────────────┼─────────┼────────────┤
│ lost  │ no answer              │ –         │ –         │ –      │ –           │ –             │ –       │ –          │
│ new   │ not up                 │ –         │ –         │ –      │ –           │ –             │ –       │ –          │
│ pr-7  │ 203.0.113.7            │ shop-pr-7 │ release 1 │ 3 days │ ana 0123456 │ down (0 of 1) │ missing │ –          │
│       │ disk 95 %, memory 25 % │           │           │        │             │               │         │            │
│       │ shared with prod       │           │           │        │             │               │         │            │
│ prod  │ 203.0.113.7            │ shop      │ release 7 │ 3 days │ ana 0123456 │ well          │ 49 days │ 3 days old │
│       │ disk 95 %, memory 25 % │           │           │        │             │               │         │            │
│       │ shared with pr-7       │           │           │        │             │               │         │            │
│       │                        │ closed    │ release 7 │ 3 days │ ana 0123456 │ closed        │ –       │ 3 days old │
└───────┴────────────────────────┴───────────┴───────────┴────────┴─────────────┴───────────────┴─────────┴────────────┘`.trim(),
    "! lost: 203.0.113.8 can't be reached on port 22: Timed out while waiting for handshake",
    "! pr-7: the disk has 4.0 GB free",
    "! pr-7: shop-pr-7: web: 0 of 1 run; «slipway logs shop-pr-7 web» says why",
    "! prod: the disk has 4.0 GB free",
  ]);
  expect(tableText({ ...rest, stacks: [] })).toEqual(["project slipway has no stack yet"]);
});

it("a page in which nothing that hosts say is markup", async () => {
  const page = await pageOf(everything());
  expect(page).not.toMatch(/<script|<img|href="javascript:/i);
  expect(page).toContain("&lt;script&gt;window.pwned = 1&lt;/script&gt;");
  expect(page).toContain('<a href="https://ci.example.com/runs/7">ana 0123456</a>');
  expect(page).toContain(`<title>slipway: ${problemsOf(everything()).length} problems</title>`);
});

it("what an older engine says is told so", () => {
  expect(() => hostReportOf('{"apps": []}')).toThrow("is older than this checkout; bring the stack up");
  expect(hostReportOf(JSON.stringify(host([app()])))).toEqual(host([app()]));
});
