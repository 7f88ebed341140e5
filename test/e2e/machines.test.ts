/** Machines on a real engine, in slot 7: what the interface says, and what only a real machine can show. */
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeConfinement } from "../../sandbox/machines/confinement";
import { DockerMachines } from "../../sandbox/machines/docker";
import type { MachineOrder } from "../../sandbox/machines/machines";
import { machinesCases } from "../../sandbox/machines/machines.cases";
import { type Prepared, prepare } from "../../sandbox/prepare";
import { registryLogin } from "../../sandbox/registry/registry";
import { purge } from "../../sandbox/remains";
import { slotOf } from "../../sandbox/slot";
import { Remote } from "./support/remote";

const slot = slotOf({ ...process.env, SLIPWAY_SANDBOX_SLOT: "7" });
const say = (line: string) => process.stderr.write(`${line}\n`);
const remote = new Remote();
let prepared: Prepared;
let machines: DockerMachines;

function order(id: string, more: Partial<MachineOrder> = {}): MachineOrder {
  const address = `10.213.7.${10 + (Number(id.split("-")[1]) % 100)}`;
  const common = { hostname: id, image: "golden" as const, memory: 1024, vcpus: 1, sshKeys: [remote.publicKey] };
  return { id, address, ...common, ...more };
}

/** Output of a command that must end well. */
async function on(address: string, command: string): Promise<string> {
  const ran = await remote.run(address, command);
  expect(ran, command).toMatchObject({ code: 0 });
  return ran.output;
}

/** Whether a TCP port lets us in within a second. */
function reaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

/** Waits until `question` says so, at most `limit` seconds. */
async function until(question: () => Promise<boolean>, limit: number): Promise<boolean> {
  for (const end = Date.now() + limit * 1000; Date.now() < end; await sleep(300)) if (await question()) return true;
  return false;
}

beforeAll(async () => {
  prepared = await prepare(slot, [], say);
  await purge(prepared.engine, slot);
  prepared = await prepare(slot, [], say);
  const { engine, images, certificate } = prepared;
  machines = new DockerMachines({
    engine,
    slot,
    images,
    confinement: await probeConfinement(engine, images.bare, slot.label),
    registries: [{ server: slot.registry.server, ca: certificate.ca }],
    notes: join(slot.folder, "machines"),
  });
});

afterAll(async () => {
  await purge(prepared.engine, slot);
  const filter = ["--quiet", "--filter", `label=slipway.sandbox=${slot.number}`];
  for (const kind of [
    ["ps", "--all"],
    ["volume", "ls"],
    ["network", "ls"],
  ]) {
    expect((await execa("docker", [...kind, ...filter])).stdout, kind.join(" ")).toBe("");
  }
});

machinesCases("on a Docker engine", async () => ({ machines, order }), { address: "10.213.7.200" });

describe("a machine", () => {
  const one = order("droplet-1", {
    userData: "#cloud-config\nwrite_files:\n  - {path: /root/made, content: by user data}\n",
  });
  const { server } = slot.registry;
  const image = `${server}/page:1`;

  beforeAll(() => machines.create(one));
  afterAll(() => machines.destroy(one.id));

  it("boots as a cloud's machine does: keys, name, user data, nothing failed", async () => {
    expect(await on(one.address, "cloud-init status --wait")).toContain("status: done");
    expect(await on(one.address, "hostname; cat /root/made")).toBe("droplet-1\nby user data");
    expect(await on(one.address, "getent hosts ::1 && cat /proc/net/if_inet6")).toContain("lo");
    expect(await on(one.address, "systemctl is-system-running --wait; systemctl --failed --no-legend")).toBe("running");
    expect(await on(one.address, "getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 {print $1}'")).toBe("");
  });

  it("shares no identity with another", async () => {
    const two = order("droplet-2");
    await machines.create(two);
    const identity =
      "cat /etc/machine-id; ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; md5sum </etc/ssl/certs/ssl-cert-snakeoil.pem";
    const [first, second] = [await on(one.address, identity), await on(two.address, identity)].map((t) =>
      t.split("\n"),
    );
    await machines.destroy(two.id);
    expect(first).toHaveLength(3);
    for (const line of first ?? []) expect(second).not.toContain(line);
  });

  it("boots after all when the daemon died before it let it", async () => {
    const three = order("droplet-4");
    await machines.create(three);
    await machines.turnOff(three.id, "hard");
    const { docker } = prepared.engine;
    await docker.getContainer("slipway-7-droplet-4").start();
    await sleep(1000);
    expect(await reaches(three.address, 22)).toBe(false);
    await machines.finishPowering();
    expect(await on(three.address, "cloud-init status --wait")).toContain("status: done");
    await machines.destroy(three.id);
  });

  it("has a database server that is up and speaks UTF-8", async () => {
    const query = "su postgres -c \"psql -Atc 'show server_encoding'\"";
    expect(await on(one.address, `systemctl is-active postgresql@17-main && ${query}`)).toBe("active\nUTF8");
  });

  it("pulls from the sandbox's registry and runs containers with health, limits, names and a way out", async () => {
    const config = join(slot.folder, "docker-config");
    const docker = (args: string[], input = "") => execa("docker", ["--config", config, ...args], { input });
    await docker(["login", "--username", registryLogin.username, "--password-stdin", server], registryLogin.password);
    await docker(["tag", prepared.images.python, image]);
    await docker(["push", "--quiet", image]);
    await docker(["rmi", image]);
    await on(
      one.address,
      `echo ${registryLogin.password} | docker login -u ${registryLogin.username} --password-stdin ${server}`,
    );
    const compose = `
services:
  page:
    image: ${image}
    restart: always
    init: true
    command: [python, -m, http.server, "8000"]
    ports: ["8080:8000"]
    mem_limit: 64m
    healthcheck: {test: [CMD, python, -c, "import urllib.request as u; u.urlopen('http://page:8000/')"], interval: 1s}
`;
    await on(one.address, `mkdir -p /srv/page && cat >/srv/page/compose.yaml <<'END'${compose}END`);
    await on(one.address, "cd /srv/page && docker compose up --detach --wait --quiet-pull");
    expect(
      await on(
        one.address,
        "cat /sys/fs/cgroup/memory/docker/*/memory.limit_in_bytes /sys/fs/cgroup/system.slice/docker-*/memory.max 2>/dev/null; true",
      ),
    ).toBe(String(64 * 1024 * 1024));
    expect(await on(one.address, "docker exec page-page-1 python -c 'print(6 * 7)'")).toBe("42");
    expect(await reaches(one.address, 8080)).toBe(true);
  });

  it("comes back with its containers after the plug was pulled", async () => {
    await machines.turnOff(one.id, "hard");
    await machines.turnOn(one.id);
    expect(await until(() => reaches(one.address, 8080), 40)).toBe(true);
    expect(await on(one.address, "systemctl is-system-running --wait")).toBe("running");
  });

  it("drops what the cloud's firewall does not permit, before published ports, over restarts", async () => {
    const gateway = slot.network.gateway;
    await machines.setFirewall(one.id, {
      inbound: [{ protocol: "tcp", ports: "22", networks: [gateway] }],
      outbound: [{ protocol: "tcp", ports: "5000", networks: ["0.0.0.0/0"] }],
    });
    const closed = async () => {
      expect(await reaches(one.address, 8080)).toBe(false);
      expect(await reaches(one.address, 80)).toBe(false);
      const ways = `bash -c '</dev/tcp/${slot.registry.address}/5000' && echo in; timeout 2 bash -c '</dev/tcp/${gateway}/22' || echo out`;
      expect(await on(one.address, ways)).toBe("in\nout");
    };
    await closed();
    await machines.turnOff(one.id, "hard");
    await machines.turnOn(one.id);
    await closed();
    await machines.setFirewall(one.id, undefined);
    expect(await until(() => reaches(one.address, 8080), 40)).toBe(true);
  });

  it("answers on further addresses while it has them", async () => {
    await machines.setExtraAddresses(one.id, ["10.213.7.200", "10.213.7.201"]);
    expect(await reaches("10.213.7.201", 8080)).toBe(true);
    await machines.setExtraAddresses(one.id, ["10.213.7.200"]);
    expect(await reaches("10.213.7.200", 22)).toBe(true);
    expect(await reaches("10.213.7.201", 22)).toBe(false);
  });

  it("is resized while it runs and keeps its limits", async () => {
    await machines.resize(one.id, { memory: 2048, vcpus: 8 });
    const { HostConfig: host } = await prepared.engine.docker.getContainer("slipway-7-droplet-1").inspect();
    expect([host.Memory, host.MemorySwap]).toEqual([2048 * 1024 * 1024, 2048 * 1024 * 1024]);
    expect(host.NanoCpus).toBe(Math.min(8, prepared.engine.cpus) * 1e9);
  });

  it("reboots from inside and comes back; powered off from inside it stays off", async () => {
    const said: string[] = [];
    const unwatch = await machines.watchReboots((line) => said.push(line));
    const boot = await on(one.address, "stat -c %Y /run/sandbox-power");
    await remote.run(one.address, "systemctl reboot");
    const again = async () =>
      (await remote.run(one.address, "stat -c %Y /run/sandbox-power", 1).catch(() => undefined))?.output;
    expect(await until(async () => ![undefined, boot].includes(await again()), 60)).toBe(true);
    expect(said).toEqual(["droplet-1 reboots"]);
    await remote.run(one.address, "systemctl poweroff");
    expect(await until(async () => (await machines.power(one.id)) === "off", 60)).toBe(true);
    await sleep(1000);
    expect(await machines.power(one.id)).toBe("off");
    unwatch();
  });
});

describe("a bare machine", () => {
  it("has none of a bootstrap's packages, and a package manager that works", async () => {
    const bare = order("droplet-3", { image: "bare" });
    await machines.create(bare);
    expect(await on(bare.address, "cloud-init status --wait")).toContain("status: done");
    expect(await on(bare.address, "for p in dockerd caddy psql node; do command -v $p; done; true")).toBe("");
    await on(bare.address, "apt-get update -q && apt-get install -qy --no-install-recommends tree && tree --version");
    await machines.destroy(bare.id);
  });
});
