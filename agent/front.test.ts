import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINE, front, IN_UNIT, NODE } from "./front";

const folder = mkdtempSync(join(tmpdir(), "slipway-front-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the front runs, argument by argument, on a host where `systemd` says whether there is one that this user may speak to. */
function runs(args: readonly string[], { systemd, inUnit }: { systemd: boolean; inUnit?: boolean }): string[] {
  const path = join(folder, "slipway");
  const text = front()
    .replaceAll(NODE, join(folder, "node"))
    .replace("/run/systemd/system", systemd ? folder : join(folder, "nowhere"));
  writeFileSync(path, text);
  const env = { PATH: `${folder}:${process.env.PATH}`, ...(inUnit && { [IN_UNIT]: "1" }) };
  return execFileSync("sh", [path, ...args], { env, encoding: "utf8" })
    .trimEnd()
    .split("\n");
}

describe("the front", () => {
  beforeAll(() => {
    for (const name of ["systemd-run", "systemctl", "node"]) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' ${name} "$@"\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });

  it("runs what changes the host as a unit of its own, its arguments as they are", () => {
    const [program, ...argv] = runs(["release", "notes", "--run", "a b$HOME*"], { systemd: true });
    expect(program).toBe("systemd-run");
    expect(argv.filter((word) => !word.startsWith("--unit="))).toEqual([
      "--quiet",
      "--collect",
      "--wait",
      "--pipe",
      "--expand-environment=no",
      "--description=slipway release",
      "--property=KillMode=mixed",
      "--property=TimeoutStopSec=90",
      "--property=After=docker.service caddy.service postgresql.service",
      "--property=OOMScoreAdjust=-500",
      "--property=Nice=10",
      "--property=ExecStopPost=/usr/local/bin/slipway after-unit",
      "--setenv=SLIPWAY_UNIT=1",
      "--setenv=SUDO_USER",
      "--setenv=SLIPWAY_ACTOR",
      "--setenv=LANG",
      "--",
      join(folder, "node"),
      ENGINE,
      "release",
      "notes",
      "--run",
      "a b$HOME*",
    ]);
    const unit = () => runs(["release"], { systemd: true }).find((word) => word.startsWith("--unit="));
    expect(unit()).toMatch(/^--unit=slipway-release-[0-9a-f-]{36}$/);
    expect(unit()).not.toBe(unit());
  });

  it("has what was killed taken up at once, and leaves alone what ended by itself", () => {
    const ended = (result: string | undefined) => {
      const env = { PATH: `${folder}:${process.env.PATH}`, ...(result !== undefined && { SERVICE_RESULT: result }) };
      return execFileSync("sh", [join(folder, "slipway"), "after-unit"], { env, encoding: "utf8" })
        .trim()
        .split("\n");
    };
    runs([], { systemd: true });
    for (const result of ["signal", "oom-kill", "core-dump", "timeout"])
      expect(ended(result)).toEqual(["systemctl", "start", "--no-block", "slipway-repair.service"]);
    for (const result of ["success", "exit-code", undefined]) expect(ended(result)).toEqual([""]);
  });

  it.each([
    ["what only looks", ["status", "--json"], { systemd: true }],
    ["nothing at all", [], { systemd: true }],
    ["a release in a unit already", ["release"], { systemd: true, inUnit: true }],
    ["a release where systemd isn't, or not for this user", ["release"], { systemd: false }],
  ])("runs %s directly", (_, args, host) => {
    expect(runs(args, host)).toEqual(["node", ENGINE, ...args]);
  });
});
