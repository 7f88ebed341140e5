import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { ENGINE, FRONT, front } from "./front";
import { MemoryHost } from "./memory";
import { appPaths, SETUP_INTENT } from "./paths";
import { appsMount, isSetupCutOff, repairUnit, setup } from "./setup";

/** What every host has besides. */
const ours = [
  "/etc/slipway/media.caddyfile",
  "/etc/systemd/system/var-lib-slipway-apps.mount",
  "/etc/systemd/system/slipway-media@.service",
];
const unit = "/etc/systemd/system/slipway-repair.service";
const wanted = "/etc/systemd/system/multi-user.target.wants/slipway-repair.service";

/** A host on which `enable` does what systemctl's does, and what systemctl was called with. */
function host() {
  const { files, texts } = new MemoryHost();
  const calls: string[] = [];
  const systemctl = async (...argv: string[]) => {
    calls.push(argv.join(" "));
    const name = argv.at(-1);
    if (argv[0] === "enable") await files.link(`${dirname(wanted)}/${name}`, `${dirname(unit)}/${name}`);
  };
  return { files, texts, calls, systemctl };
}

it("brings command and unit, over the single file of before too", async () => {
  const tools = host();
  await tools.files.write(FRONT, "#!/usr/bin/env node\nthe whole engine\n", 0o755);
  expect(await setup(tools)).toEqual([...ours, unit, "slipway-repair.service enabled", FRONT]);
  expect(tools.calls).toEqual([
    "daemon-reload",
    "enable --quiet --now var-lib-slipway-apps.mount",
    "enable --quiet slipway-repair.service",
  ]);
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

describe("what the host lives by", () => {
  const packaged = ["caddy.service", "docker.service", "containerd.service", "ssh.service", "postgresql@.service"];
  const folder = "/etc/systemd/system";
  const filled = async () => {
    const tools = host();
    for (const name of [...packaged, "apt-daily.timer"])
      await tools.files.write(`/usr/lib/systemd/system/${name}`, "", 0o644);
    return tools;
  };

  it("is started again however it ended and however often, on a host of an older engine too", async () => {
    const tools = await filled();
    await setup(tools);
    tools.calls.length = 0;
    for (const name of packaged) await tools.files.remove(`${folder}/${name}.d`);
    const files = packaged.map((name) => `${folder}/${name}.d/slipway-restart.conf`);
    expect((await setup(tools)).toSorted()).toEqual(files.toSorted());
    expect(tools.calls).toEqual(["daemon-reload"]);
    for (const file of files) {
      const lines = (await tools.files.read(file))?.split("\n");
      expect(lines, file).toEqual(expect.arrayContaining(["[Unit]", "StartLimitIntervalSec=0", "Restart=always"]));
    }
  });

  it("is left as it is where it is so already, and a unit that the machine has not gets none", async () => {
    const tools = await filled();
    await setup(tools);
    tools.calls.length = 0;
    expect(await setup(tools)).toEqual([]);
    expect(tools.calls).toEqual([]);
    const folders = (await tools.files.walk(folder)).filter((path) => path.includes(".d/"));
    expect(folders).toHaveLength(packaged.length);
  });
});

it("leaves to root alone what older versions let everybody read", async () => {
  const tools = host();
  const shop = appPaths("shop");
  const paths = [
    shop.stack,
    shop.mark,
    shop.live,
    shop.ledger,
    shop.restores,
    shop.hold,
    `${shop.logs}/1.log`,
    `${shop.logs}/2.log`,
  ];
  for (const path of paths) await tools.files.write(path, "read by all", 0o644);
  await setup(tools);
  for (const path of paths) expect(tools.texts.get(path)).toEqual({ text: "read by all", mode: 0o600 });
});

it("killed before any of its effects, it is finished by the next one, which has systemd read again what it has", async () => {
  for (let at = 0; ; at++) {
    const memory = new MemoryHost();
    /** What systemd has read. */
    let known = "";
    const systemctl = async (...argv: string[]) => {
      if (memory.killAfter !== undefined && memory.killAfter-- <= 0) throw new Error("killed");
      if (argv[0] === "daemon-reload") known = memory.texts.get(unit)?.text ?? "";
      if (argv[0] === "enable") await memory.files.link(wanted, unit);
    };
    memory.killAfter = at;
    const isDone = await setup({ files: memory.files, systemctl }).then(
      () => true,
      () => false,
    );
    memory.revive();
    expect(await isSetupCutOff(memory.files)).toBe(!isDone && memory.effects.includes(`files.write ${SETUP_INTENT}`));
    await setup({ files: memory.files, systemctl });
    expect([known, memory.texts.get(FRONT)?.text], `killed at ${at}`).toEqual([repairUnit(), front()]);
    expect(await isSetupCutOff(memory.files)).toBe(false);
    if (isDone) break;
  }
});

it("has what apps have brought on a mount that knows no device and runs nothing", async () => {
  expect(appsMount()).toMatch(/^Where=\/var\/lib\/slipway\/apps\n.*\nOptions=bind,nodev,nosuid,noexec$/m);
  expect(appsMount()).toMatch(/^Before=.*\bcaddy.service\b/m);
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
