import { expect, it } from "vitest";
import { ENGINE, FRONT, front } from "./front";
import { MemoryHost } from "./memory";
import { repairUnit, setup } from "./setup";

const unit = "/etc/systemd/system/slipway-repair.service";
const wanted = "/etc/systemd/system/multi-user.target.wants/slipway-repair.service";

/** A host on which `enable` does what systemctl's does, and what systemctl was called with. */
function host() {
  const { files } = new MemoryHost();
  const calls: string[] = [];
  const systemctl = async (...argv: string[]) => {
    calls.push(argv.join(" "));
    if (argv[0] === "enable") await files.link(wanted, unit);
  };
  return { files, calls, systemctl };
}

it("brings command and unit, over the single file of before too", async () => {
  const tools = host();
  await tools.files.write(FRONT, "#!/usr/bin/env node\nthe whole engine\n", 0o755);
  expect(await setup(tools)).toEqual([unit, "slipway-repair.service enabled", FRONT]);
  expect(tools.calls).toEqual(["daemon-reload", "enable --quiet slipway-repair.service"]);
  expect(await tools.files.read(FRONT)).toBe(front());
  expect(await tools.files.read(unit)).toBe(repairUnit());
});

it("changes nothing the second time, and only what differs the third", async () => {
  const tools = host();
  await setup(tools);
  tools.calls.length = 0;
  expect(await setup(tools)).toEqual([]);
  await tools.files.write(unit, "of an older engine", 0o644);
  expect(await setup(tools)).toEqual([unit]);
  expect(tools.calls).toEqual(["daemon-reload"]);
});

it("mends at boot once the services of a release are up", () => {
  expect(repairUnit().split("\n")).toEqual(
    expect.arrayContaining([
      "After=network-online.target docker.service caddy.service postgresql.service",
      `ExecStart=/usr/bin/node ${ENGINE} repair --patience 120`,
      "WantedBy=multi-user.target",
    ]),
  );
});
