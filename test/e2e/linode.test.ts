/** A Linode of the emulated API on a real machine, in slot 7: what only a real machine can show. */
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxApp, type Sandbox, type SandboxDeps } from "../../sandbox/app";
import { systemClock } from "../../sandbox/control/clock";
import { memoryDatabases } from "../../sandbox/databases/memory";
import { memoryNames } from "../../sandbox/dns/memory";
import { probeConfinement } from "../../sandbox/machines/confinement";
import { DockerMachines } from "../../sandbox/machines/docker";
import { type Prepared, prepare } from "../../sandbox/prepare";
import { purge } from "../../sandbox/remains";
import { slotOf } from "../../sandbox/slot";
import { memoryStore } from "../../sandbox/store/memory";
import { Remote } from "./support/remote";

const slot = slotOf({ ...process.env, SLIPWAY_SANDBOX_SLOT: "23" });
const say = (line: string) => process.stderr.write(`${line}\n`);
const remote = new Remote();
const password = "a-Long-passw0rd";
const ssh = { action: "ACCEPT", protocol: "TCP", ports: "22", addresses: { ipv4: ["0.0.0.0/0"] }, label: "ssh-in" };
let prepared: Prepared;
let deps: SandboxDeps;
let sandbox: Sandbox;

/** Asks the API; the answer must be a good one. */
async function ask(method: string, path: string, body?: unknown) {
  const response = await sandbox.app.request(`/v4${path}`, {
    method,
    headers: { authorization: "Bearer a-token" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the test names the members it expects
  const answer: any = await response.json();
  expect(response.status, `${method} ${path} ${JSON.stringify(answer)}`).toBe(200);
  return answer;
}

/** Output of a command on the machine that must end well. */
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

/** Waits until a Linode is what it should be, as clients do. */
async function until(path: string, status: string): Promise<void> {
  for (const end = Date.now() + 60_000; (await ask("GET", path)).status !== status; await sleep(200)) {
    expect(Date.now(), `${path} never became ${status}`).toBeLessThan(end);
  }
}

beforeAll(async () => {
  prepared = await prepare(slot, [], say);
  await purge(prepared.engine, slot);
  prepared = await prepare(slot, [], say);
  const { engine, images, certificate } = prepared;
  deps = {
    machines: new DockerMachines({
      engine,
      slot,
      images,
      confinement: await probeConfinement(engine, images.bare, slot.label),
      registries: [{ server: slot.registry.server, ca: certificate.ca }],
      notes: join(slot.folder, "machines"),
    }),
    databases: memoryDatabases(),
    names: memoryNames(),
    store: memoryStore(),
    clock: systemClock,
    network: {
      subnet: slot.network.subnet,
      gateway: slot.network.gateway,
      machines: ["10.213.23.10", "10.213.23.19"],
      databases: ["10.213.23.180", "10.213.23.180"],
      reserved: ["10.213.23.200", "10.213.23.200"],
    },
    version: "test",
    log: say,
  };
  sandbox = createSandboxApp(deps);
});

afterAll(async () => {
  await sandbox.settled();
  await purge(prepared.engine, slot);
});

describe("a Linode", () => {
  let path: string;
  let address: string;
  let firewall: string;

  it("comes up behind its firewall with its user data, its key and its password", async () => {
    const rules = { inbound: [ssh], inbound_policy: "DROP", outbound_policy: "ACCEPT" };
    const { id } = await ask("POST", "/networking/firewalls", { label: "web", rules });
    firewall = `/networking/firewalls/${id}`;
    const userData = "#cloud-config\nwrite_files:\n  - {path: /root/made, content: by user data}\n";
    const made = await ask("POST", "/linode/instances", {
      label: "first_web",
      region: "de-fra-2",
      type: "g6-nanode-1",
      image: "linode/debian13",
      authorized_keys: [remote.publicKey],
      root_pass: password,
      firewall_id: id,
      metadata: { user_data: Buffer.from(userData).toString("base64") },
    });
    expect(made).toMatchObject({ status: "provisioning", ipv4: ["10.213.23.10"] });
    path = `/linode/instances/${made.id}`;
    [address] = made.ipv4;
    await until(path, "running");
    expect(await on(address, "cloud-init status --wait")).toContain("status: done");
    expect(await on(address, "hostname; cat /root/made")).toBe("first-web\nby user data");
    // Root asks nobody for a password; anyone else is asked.
    const become = (text: string) => `echo ${text} | setpriv --reuid=nobody --clear-groups su root -c "id -u" 2>&1`;
    expect(await on(address, become(password))).toMatch(/\b0$/);
    expect((await remote.run(address, become("another-one"))).code).not.toBe(0);
    expect(await on(address, "systemctl is-system-running --wait; systemctl --failed --no-legend")).toBe("running");
  });

  it("gets no packet that its firewall drops, by rule or by policy", async () => {
    await on(address, "printf ':8080 {\\n respond ok\\n}\\n' >/etc/caddy/Caddyfile && systemctl restart caddy");
    expect([await reaches(address, 22), await reaches(address, 8080)]).toEqual([true, false]);
    await ask("PUT", `${firewall}/rules`, {
      inbound: [{ ...ssh, action: "DROP", ports: "22, 9000-9100" }],
      inbound_policy: "ACCEPT",
      outbound: [],
      outbound_policy: "ACCEPT",
    });
    expect([await reaches(address, 22), await reaches(address, 8080)]).toEqual([false, true]);
    await ask("PUT", firewall, { status: "disabled" });
    expect([await reaches(address, 22), await reaches(address, 8080)]).toEqual([true, true]);
  });

  it("reboots when it is told to, and keeps its disk", async () => {
    const started = () => on(address, "systemctl show --property UserspaceTimestampMonotonic --value");
    const before = await started();
    await ask("POST", `${path}/reboot`);
    await until(path, "running");
    expect(await started()).not.toBe(before);
    expect(await on(address, "cat /root/made")).toBe("by user data");
  });

  it("is known to the daemon that comes after, firewall and all", async () => {
    await ask("PUT", firewall, { status: "enabled" });
    await sandbox.settled();
    expect(await reaches(address, 22)).toBe(false);
    sandbox = createSandboxApp(deps);
    expect(await sandbox.restore()).toMatchObject({ linodes: 1, turnedOn: [], vanished: [], orphans: [] });
    await sandbox.settled();
    expect(await reaches(address, 22)).toBe(false);
    expect((await ask("GET", path)).status).toBe("running");
    await ask("DELETE", firewall);
    await sandbox.settled();
    expect(await reaches(address, 22)).toBe(true);
  });

  it("has an empty disk and the same address after a rebuild", async () => {
    await ask("POST", `${path}/rebuild`, {
      image: "linode/debian13",
      authorized_keys: [remote.publicKey],
      metadata: { user_data: null },
    });
    await until(path, "running");
    expect(await on(address, "cloud-init status --wait >/dev/null; ls /root; hostname")).toBe("first-web");
  });

  it("leaves nothing behind when it is deleted", async () => {
    await ask("DELETE", path);
    await sandbox.settled();
    const gone = await sandbox.app.request(`/v4${path}`, { headers: { authorization: "Bearer a-token" } });
    expect([gone.status, await gone.json()]).toEqual([404, { errors: [{ reason: "Not found" }] }]);
    expect(await deps.machines.list()).toEqual([]);
    const filter = ["--quiet", "--filter", `label=slipway.sandbox=${slot.number}`, "--filter", "label=slipway.machine"];
    for (const kind of [
      ["ps", "--all"],
      ["volume", "ls"],
    ]) {
      expect((await execa("docker", [...kind, ...filter])).stdout, kind.join(" ")).toBe("");
    }
  });
});
