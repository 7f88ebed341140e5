import { describe, expect, it } from "vitest";
import { createSandboxApp } from "./app";
import { dropletBody, linodeBody, type TestSandbox, testSandbox } from "./testing";

const ID = 530000001;
const machine = (number = 0) => `droplet-${ID + number}`;
/** What becomes of database servers where there are none. */
const databases = { clusters: 0, turnedOn: [], vanished: [], orphans: [], resumed: [] };

/** The daemon started again on the same records and machines. */
function again(before: TestSandbox) {
  return testSandbox(undefined, before.deps);
}

/** A sandbox in which a droplet with a firewall and a reserved IP runs. */
async function running() {
  const sandbox = testSandbox();
  await sandbox.restore();
  await sandbox.ask("POST", "/v2/droplets", dropletBody());
  await sandbox.settled();
  await sandbox.ask("POST", "/v2/reserved_ips", { droplet_id: ID });
  await sandbox.ask("POST", "/v2/firewalls", {
    name: "web",
    inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
    droplet_ids: [ID],
  });
  await sandbox.settled();
  return sandbox;
}

describe("restore", () => {
  it("comes up empty where nothing was saved", async () => {
    expect(await testSandbox().restore()).toEqual({
      droplets: 0,
      linodes: 0,
      turnedOn: [],
      vanished: [],
      orphans: [],
      resumed: [],
      databases,
    });
  });

  it("brings back every record, the settings and the clock, and touches nothing that is well", async () => {
    const before = await running();
    await before.ask("PUT", "/_sandbox/settings", { machineImage: "bare" });
    await before.ask("PUT", "/_sandbox/clock", { now: "2030-01-01T00:00:00Z" });
    const droplet = (await before.ask("GET", `/v2/droplets/${ID}`)).body;
    const firewalls = (await before.ask("GET", "/v2/firewalls")).body;
    const after = again(before);
    const well = { turnedOn: [], vanished: [], orphans: [], resumed: [] };
    expect(await after.restore()).toEqual({ droplets: 1, linodes: 0, ...well, databases });
    await after.settled();
    expect((await after.ask("GET", `/v2/droplets/${ID}`)).body).toEqual(droplet);
    expect((await after.ask("GET", "/v2/firewalls")).body).toEqual(firewalls);
    expect((await after.ask("GET", "/v2/actions")).body.meta.total).toBe(2);
    expect((await after.ask("GET", "/_sandbox/settings")).body.machineImage).toBe("bare");
    expect((await after.ask("GET", "/_sandbox/clock")).body).toMatchObject({ mode: "stopped" });
    const next = await after.ask("POST", "/v2/droplets", dropletBody({ name: "next" }));
    expect(next.body.droplet.id).toBe(ID + 1);
  });

  it("turns on what should be on and off what should be off, and applies rules and addresses anew", async () => {
    const before = await running();
    await before.ask("POST", "/v2/droplets", dropletBody({ name: "second" }));
    await before.settled();
    await before.ask("POST", `/v2/droplets/${ID + 1}/actions`, { type: "power_off" });
    await before.settled();
    const { machines } = before;
    await machines.turnOff(machine(), "hard");
    await machines.setFirewall(machine(), undefined);
    await machines.setExtraAddresses(machine(), []);
    await machines.turnOn(machine(1));
    const after = again(before);
    expect(await after.restore()).toMatchObject({ droplets: 2, turnedOn: [machine()], vanished: [] });
    await after.settled();
    expect(machines.look(machine())).toMatchObject({
      power: "on",
      firewall: { inbound: [{ ports: "22" }] },
      extraAddresses: ["10.213.0.200"],
    });
    expect(machines.look(machine(1))?.power).toBe("off");
  });

  it("shows a droplet whose machine is gone as off, and makes it anew only when it is turned on", async () => {
    const before = await running();
    await before.machines.destroy(machine());
    const after = again(before);
    expect(await after.restore()).toMatchObject({ turnedOn: [], vanished: [machine()] });
    await after.settled();
    expect(await before.machines.list()).toEqual([]);
    expect((await after.ask("GET", `/v2/droplets/${ID}`)).body.droplet.status).toBe("off");
    expect((await after.ask("GET", "/v2/firewalls")).body.firewalls[0].status).toBe("succeeded");
    await after.ask("POST", `/v2/droplets/${ID}/actions`, { type: "power_on" });
    await after.settled();
    expect(before.machines.look(machine())).toMatchObject({
      power: "on",
      order: { address: "10.213.0.10" },
      firewall: { inbound: [{ ports: "22" }] },
      extraAddresses: ["10.213.0.200"],
    });
  });

  it("destroys machines of droplets that no record knows, and no others", async () => {
    const before = await running();
    const order = before.machines.look(machine())?.order;
    if (!order) throw new Error("no machine");
    await before.machines.create({ ...order, id: "droplet-7" });
    await before.machines.create({ ...order, id: "linode-7" });
    await before.machines.create({ ...order, id: "other-7" });
    const after = again(before);
    expect(await after.restore()).toMatchObject({ orphans: ["droplet-7", "linode-7"] });
    expect(await before.machines.list()).toEqual([machine(), "other-7"]);
  });

  it("comes up although a machine cannot be had, and says so", async () => {
    const before = await running();
    before.machines.breakMachine(machine(), "engine says no");
    const after = again(before);
    expect(await after.restore()).toMatchObject({ droplets: 1, turnedOn: [], vanished: [] });
    await after.settled();
    expect(before.lines).toContain(`${machine()} could not be brought in line: engine says no`);
    expect((await after.ask("GET", `/v2/droplets/${ID}`)).body.droplet.status).toBe("active");
  });

  it("goes on with what was under way", async () => {
    const before = await running();
    before.machines.hold();
    await before.ask("POST", "/v2/droplets", dropletBody({ name: "second" }));
    await before.ask("DELETE", `/v2/droplets/${ID}`);
    // The first daemon's work hangs for ever, as that of one that was killed.
    const { machines } = testSandbox();
    await machines.create({ ...orderOf(before), id: machine() });
    const after = testSandbox(undefined, { ...before.deps, machines });
    expect(await after.restore()).toMatchObject({
      resumed: [`create ${machine(1)}`, `destroy ${machine()}`],
    });
    await after.settled();
    expect(await machines.list()).toEqual([machine(1)]);
    expect((await after.ask("GET", `/v2/droplets/${ID}`)).status).toBe(404);
    expect((await after.ask("GET", `/v2/droplets/${ID + 1}`)).body.droplet).toMatchObject({
      status: "active",
      locked: false,
    });
  });

  it("does for Linodes what it does for droplets", async () => {
    const before = testSandbox();
    const linode = (number: number) => `linode-${101_000_000 + number}`;
    for (const label of ["one", "two", "three", "four"])
      await before.ask("POST", "/v4/linode/instances", linodeBody({ label }));
    await before.ask("POST", "/v4/networking/firewalls", {
      label: "web",
      rules: { inbound_policy: "DROP", outbound_policy: "ACCEPT" },
      devices: { linodes: [101_000_001] },
    });
    await before.settled();
    await before.ask("POST", "/v4/linode/instances/101000003/shutdown");
    await before.settled();
    const { machines } = before;
    await machines.turnOff(linode(1), "hard");
    await machines.setFirewall(linode(1), undefined);
    await machines.destroy(linode(2));
    await machines.turnOn(linode(3));
    const firewalls = (await before.ask("GET", "/v4/networking/firewalls")).body;
    const after = again(before);
    expect(await after.restore()).toMatchObject({
      linodes: 4,
      turnedOn: [linode(1)],
      vanished: [linode(2)],
      orphans: [],
    });
    await after.settled();
    expect(machines.look(linode(1))).toMatchObject({ power: "on", firewall: { otherwise: { inbound: "drop" } } });
    expect(machines.look(linode(3))?.power).toBe("off");
    const { data } = (await after.ask("GET", "/v4/linode/instances")).body;
    expect(data.map(({ status }: { status: string }) => status)).toEqual(["running", "offline", "offline", "running"]);
    expect((await after.ask("GET", "/v4/networking/firewalls")).body).toEqual(firewalls);
    await after.ask("POST", "/v4/linode/instances/101000002/boot");
    await after.settled();
    expect(machines.look(linode(2))).toMatchObject({ power: "on", order: { address: "10.213.0.11" } });
    expect((await after.ask("POST", "/v4/linode/instances", linodeBody({ label: "five" }))).body.id).toBe(101_000_005);
  });

  it("goes on with what was under way at a Linode", async () => {
    const before = testSandbox();
    before.machines.hold();
    await before.ask("POST", "/v4/linode/instances", linodeBody());
    await new Promise((resolve) => setImmediate(resolve));
    const { machines } = testSandbox();
    const after = testSandbox(undefined, { ...before.deps, machines });
    expect((await after.restore()).resumed.at(-1)).toBe("linode_boot linode-101000001");
    await after.settled();
    expect((await after.ask("GET", "/v4/linode/instances/101000001")).body.status).toBe("running");
    expect(await machines.list()).toEqual(["linode-101000001"]);
  });

  it("comes up with records of a sandbox that knew no Linodes", async () => {
    const before = await running();
    const { linode: _, ...older } = (await before.deps.store.load()) as Record<string, unknown>;
    await before.deps.store.save(older);
    const after = again(before);
    expect(await after.restore()).toMatchObject({ droplets: 1, linodes: 0, orphans: [] });
    expect((await after.ask("POST", "/v4/linode/instances", linodeBody())).body.id).toBe(101_000_001);
  });

  it("refuses records of another version and of another form", async () => {
    const load = (document: unknown) => {
      const store = { load: async () => document, save: async () => undefined };
      return createSandboxApp({ ...testSandbox().deps, store }).restore();
    };
    await expect(load({ version: 2 })).rejects.toThrow(/records are not usable.*another version/s);
    const settings = { machineImage: "golden", transitions: { mode: "machine" } };
    const whole = { version: 1, settings, clock: { ahead: 0 } };
    await expect(load({ ...whole, digitalocean: { droplets: 3 } })).rejects.toThrow(/droplets/);
  });
});

function orderOf(sandbox: TestSandbox) {
  const order = sandbox.machines.look(machine())?.order;
  if (!order) throw new Error("no machine");
  return order;
}
