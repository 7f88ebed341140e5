import { expect, it } from "vitest";
import type { UnitState } from "./host";
import { dropIn, HOST_SERVICES, isWanted, problemOf, serviceProblem } from "./services";

const state = (more: Partial<UnitState> = {}): UnitState => ({
  load: "loaded",
  active: "active",
  file: "enabled",
  condition: true,
  ...more,
});

it("names every unit once, and has each lasting one started again for ever", () => {
  const units = HOST_SERVICES.map(({ unit }) => unit);
  expect(new Set(units).size).toBe(units.length);
  for (const service of HOST_SERVICES) {
    // A timer or path has no process to start again; systemd refuses such words in its unit.
    if (!service.unit.endsWith(".service")) expect(service.lasting).toBe(false);
    expect(dropIn(service)).toMatch(/^\[Unit\]\nStartLimitIntervalSec=0$/m);
    expect(dropIn(service)).toMatch(/^\[Service\]\nRestart=always$/m);
  }
});

it("a host without the edge, Docker, containerd, SSH or Postgres is none; what else it has, its owner may do without", () => {
  const always = HOST_SERVICES.filter(({ wanted }) => wanted === "always").map(({ unit }) => unit);
  expect(always).toEqual([
    "caddy.service",
    "docker.service",
    "containerd.service",
    "ssh.service",
    "postgresql@.service",
  ]);
  const off = [
    state({ load: "not-found", active: "inactive", file: "" }),
    state({ active: "inactive", file: "disabled" }),
    state({ load: "masked", active: "inactive", file: "masked" }),
    // A machine that is a container has a clock that it can't set.
    state({ active: "inactive", condition: false }),
  ];
  for (const one of off) {
    expect(isWanted({ wanted: "always" }, one)).toBe(true);
    expect(isWanted({ wanted: "installed" }, one)).toBe(false);
  }
  const on = [
    state(),
    state({ active: "failed" }),
    state({ active: "inactive" }),
    state({ load: "masked", active: "inactive", file: "masked-runtime" }),
    state({ file: "static", active: "inactive" }),
  ];
  for (const one of on) expect(isWanted({ wanted: "installed" }, one)).toBe(true);
});

it.each([
  // What answers is well, whatever systemd takes it for.
  ["edge", state(), undefined, undefined],
  ["ssh", state({ active: "inactive" }), undefined, undefined],
  ["edge", state({ active: "failed" }), "connection refused", "has failed"],
  ["edge", state({ active: "inactive" }), "connection refused", "does not run"],
  ["docker", state(), "no answer within 5 s", "runs and does not answer: no answer within 5 s"],
  ["postgres", state({ active: "activating" }), "rejecting connections", "is being started: rejecting connections"],
  ["ssh", state({ load: "masked", active: "inactive", file: "masked" }), "refused", "does not run, and is masked"],
  ["docker", state({ load: "not-found", active: "inactive", file: "" }), "no such file", "is not installed"],
  [
    "firewall",
    state(),
    "its rules are not in force (iptables)",
    "runs and does not answer: its rules are not in force (iptables)",
  ],
  // Of what nobody can ask, systemd is believed.
  ["unit", state(), undefined, undefined],
  ["unit", state({ active: "reloading" }), undefined, undefined],
  ["unit", state({ active: "failed" }), undefined, "has failed"],
  ["unit", state({ active: "inactive" }), undefined, "does not run"],
] as const)("%s: %o, %s: %s", (asks, unit, silence, problem) => {
  expect(problemOf({ asks }, unit, silence)).toBe(problem);
});

it("says what mends it", () => {
  const edge = { unit: "caddy.service", name: "the edge" };
  expect(serviceProblem(edge)).toEqual([]);
  expect(serviceProblem({ ...edge, problem: "has failed" })).toEqual([
    "the edge (caddy.service) has failed; «slipway repair» starts it",
  ]);
});
