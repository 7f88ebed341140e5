import { describe, expect, it } from "vitest";
import { KEY, type TestSandbox } from "../../testing";
import { Unfinished } from "../resource";
import { testCloud } from "../testCloud";
import { driver, type Held, keptCall } from "../testing";
import type { Properties } from "../wire";
import { linode } from "./linode";

let sandbox: TestSandbox;
const plugin = linode();
const of = (type: string) => driver(plugin, `linode:index/${type}`);

testCloud(
  (url) => plugin.configure?.({ url, token: "a-token", minRetryDelayMs: 1 }),
  (fresh) => {
    sandbox = fresh;
  },
);

const userData = Buffer.from("#cloud-config\n{}\n").toString("base64");
const machine: Properties = {
  label: "web",
  region: "eu-central",
  type: "g6-standard-1",
  image: "linode/debian13",
  booted: true,
  resizeDisk: false,
  authorizedKeys: [KEY.publicKey],
  metadatas: [{ userData }],
};

/** Makes, compares, refreshes and removes; returns what was made. */
async function lifeOf(type: string, inputs: Properties): Promise<Held> {
  const resource = of(type);
  const held = await resource.create(inputs);
  expect(resource.diff(held, inputs).parts).toEqual({});
  const read = await resource.read(held);
  expect(read?.outputs).toEqual(held.outputs);
  expect(resource.diff(read ?? held, inputs).parts).toEqual({});
  await resource.delete(held);
  expect(await resource.read(held)).toBeUndefined();
  return held;
}

describe("Instance", () => {
  it("lives, with its user data, its key and a root password that nobody keeps", async () => {
    const { id, outputs } = await lifeOf("instance:Instance", machine);
    expect(id).toMatch(/^\d+$/);
    expect(outputs).toMatchObject({
      booted: true,
      hasUserData: true,
      ipAddress: expect.stringMatching(/^10\.213\.0\.\d+$/),
      label: "web",
      specs: [{ disk: 51200, memory: 2048, vcpus: 1 }],
      status: "running",
      type: "g6-standard-1",
      watchdogEnabled: true,
    });
    expect(outputs).not.toHaveProperty("rootPass");
  });

  it("is made anew for another image, key, password, user data, firewall or address, and for nothing else", async () => {
    const instance = of("instance:Instance");
    const held = await instance.create(machine);
    const changes: Properties = {
      authorizedKeys: ["ssh-ed25519 other"],
      firewallId: 7,
      image: "linode/debian12",
      metadatas: [{ userData: "b3RoZXI=" }],
      rootPass: "another-Passw0rd",
    };
    for (const [property, value] of Object.entries(changes)) {
      const { replaces, deleteFirst } = instance.diff(held, { ...machine, [property]: value as never });
      expect({ property, replaces, deleteFirst }).toEqual({ property, replaces: [property], deleteFirst: false });
    }
    for (const change of [{ type: "g6-standard-2" }, { label: "www" }, { region: "us-east" }, { tags: ["a"] }]) {
      expect(instance.diff(held, { ...machine, ...change }).replaces).toEqual([]);
    }
  });

  it("can't be made beside one of the same label", async () => {
    const instance = of("instance:Instance");
    await instance.create(machine);
    await expect(instance.create(machine)).rejects.toThrow("[400] [label] Label must be unique among your linodes");
  });

  it("is resized in place, up and down, and runs afterwards", async () => {
    const instance = of("instance:Instance");
    let held = await instance.create(machine);
    for (const type of ["g6-standard-2", "g6-standard-1"]) {
      held = await instance.update(held, { ...machine, type });
      expect(held.outputs).toMatchObject({ type, status: "running", booted: true });
      expect(instance.diff(held, { ...machine, type }).parts).toEqual({});
    }
  });

  it("that is turned off by hand is seen by a refresh and turned on again", async () => {
    const instance = of("instance:Instance");
    const held = await instance.create(machine);
    await sandbox.ask("POST", `/v4/linode/instances/${held.id}/shutdown`);
    await sandbox.settled();
    const read = (await instance.read(held)) ?? held;
    expect(instance.diff(read, machine).parts).toEqual({ booted: "update" });
    expect((await instance.update(read, machine)).outputs).toMatchObject({ booted: true, status: "running" });
  });

  it("says what the API says: region, type, limits, token", async () => {
    const instance = of("instance:Instance");
    await expect(instance.create({ ...machine, region: "eu-centre" })).rejects.toThrow(/\[400\] \[region\] /);
    await expect(instance.create({ ...machine, type: "g6-standard-77" })).rejects.toThrow(/\[400\] \[type\] /);
  });

  it("is kept in the state when it was made and something failed afterwards", async () => {
    await sandbox.ask("POST", "/_sandbox/faults", {
      kind: "status",
      status: 500,
      method: "GET",
      path: "/v4/linode/instances/*/disks",
      times: 1,
    });
    const failed = await of("instance:Instance")
      .create(machine)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Unfinished);
    expect((failed as Unfinished).made.id).toMatch(/^\d+$/);
  });

  it("that has disks or configs of its own is beyond the stand-in, and said so", () => {
    expect(() => of("instance:Instance").check({}, { ...machine, disks: [{ label: "a", size: 1 }] })).toThrow(
      "disks of a Linode is a limit of the sandbox's stand-in",
    );
  });
});

describe("Firewall", () => {
  const inbounds = [
    { label: "ssh", action: "ACCEPT", protocol: "TCP", ports: "22", ipv4s: ["203.0.113.0/24"] },
    { label: "ping", action: "ACCEPT", protocol: "ICMP", ipv4s: ["0.0.0.0/0"], ipv6s: ["::/0"] },
  ];
  const wall: Properties = { label: "web", inbounds, inboundPolicy: "DROP", outboundPolicy: "ACCEPT" };

  it("lives", async () => {
    const { outputs } = await lifeOf("firewall:Firewall", wall);
    expect(outputs).toMatchObject({ label: "web", disabled: false, status: "enabled", linodes: [], tags: [] });
  });

  it("stands before the Linodes it names, and changes in place", async () => {
    const { id } = await of("instance:Instance").create(machine);
    const firewall = of("firewall:Firewall");
    const before = { ...wall, linodes: [Number(id)] };
    const held = await firewall.create(before);
    expect(held.outputs).toMatchObject({ devices: [{ entityId: Number(id), type: "linode", label: "web" }] });
    const open = { ...before, inbounds: inbounds.slice(0, 1) };
    expect(firewall.diff(held, open)).toMatchObject({ replaces: [] });
    const changed = await firewall.update(held, open);
    expect(changed.outputs.inbounds).toHaveLength(1);
    expect((await firewall.update(changed, { ...open, linodes: [] })).outputs.linodes).toEqual([]);
  });

  it("refuses a label that the API would refuse", () => {
    expect(() => of("firewall:Firewall").check({}, { ...wall, label: "a".repeat(33) })).toThrow(
      "it must have 3 to 32 letters",
    );
  });
});

it("FirewallDevice lives", async () => {
  const { id } = await of("instance:Instance").create(machine);
  const wall = await of("firewall:Firewall").create({ label: "web", inboundPolicy: "DROP", outboundPolicy: "ACCEPT" });
  const { outputs } = await lifeOf("firewallDevice:FirewallDevice", {
    firewallId: Number(wall.id),
    entityId: Number(id),
  });
  expect(outputs).toMatchObject({ entityType: "linode", firewallId: Number(wall.id) });
});

it("SshKey lives, and is made anew for another key", async () => {
  const { outputs } = await lifeOf("sshKey:SshKey", { label: "ada", sshKey: KEY.publicKey });
  expect(outputs).toMatchObject({ label: "ada", sshKey: KEY.publicKey });
  const held = await of("sshKey:SshKey").create({ label: "ada", sshKey: KEY.publicKey });
  expect(of("sshKey:SshKey").diff(held, { label: "ada", sshKey: "ssh-ed25519 other" }).replaces).toEqual(["sshKey"]);
});

describe("Domain and DomainRecord", () => {
  const zone: Properties = { domain: "example.com", type: "master", soaEmail: "ops@example.com" };

  it("live", async () => {
    await lifeOf("domain:Domain", zone);
    const { id } = await of("domain:Domain").create(zone);
    const record = { domainId: Number(id), name: "www", recordType: "A", target: "192.0.2.7", ttlSec: 300 };
    expect((await lifeOf("domainRecord:DomainRecord", record)).outputs).toMatchObject(record);
  });

  it("live at the zone itself, and the zone is found by its name", async () => {
    const { id } = await of("domain:Domain").create(zone);
    const common = { domainId: Number(id), name: "", ttlSec: 120 };
    await lifeOf("domainRecord:DomainRecord", { ...common, recordType: "A", target: "192.0.2.7" });
    await lifeOf("domainRecord:DomainRecord", {
      ...common,
      recordType: "CAA",
      target: "letsencrypt.org",
      tag: "issue",
    });
    const find = plugin.functions?.["linode:index/getDomain:getDomain"];
    const { call } = keptCall();
    expect(await find?.({ domain: "example.com" }, call)).toMatchObject({
      id: Number(id),
      soaEmail: "ops@example.com",
    });
    await expect(find?.({ domain: "example.net" }, call)).rejects.toThrow("Domain example.net was not found");
  });

  it("keep the name and the seconds that the program says, where the API means the same", async () => {
    const { id } = await of("domain:Domain").create(zone);
    const record = of("domainRecord:DomainRecord");
    const said = { domainId: Number(id), name: "www.example.com", recordType: "A", target: "192.0.2.7", ttlSec: 200 };
    const held = await record.create(said);
    expect(record.diff(held, said).parts).toEqual({});
    expect((await record.update(held, { ...said, target: "192.0.2.8" })).outputs.target).toBe("192.0.2.8");
    expect(record.diff(held, { ...said, recordType: "AAAA" }).replaces).toEqual(["recordType"]);
  });
});

describe("Volume", () => {
  it("lives, and grows in place", async () => {
    const asked = { label: "data", region: "eu-central", size: 20 };
    await lifeOf("volume:Volume", asked);
    const held = await of("volume:Volume").create(asked);
    expect((await of("volume:Volume").update(held, { ...asked, size: 30 })).outputs.size).toBe(30);
  });

  it("is attached to a Linode and goes to another", async () => {
    const [first, second] = [
      await of("instance:Instance").create(machine),
      await of("instance:Instance").create({ ...machine, label: "second" }),
    ];
    const asked = { label: "data", region: "eu-central", linodeId: Number(first.id) };
    const volume = of("volume:Volume");
    const held = await volume.create(asked);
    expect(held.outputs.linodeId).toBe(Number(first.id));
    const moved = await volume.update(held, { ...asked, linodeId: Number(second.id) });
    expect(moved.outputs.linodeId).toBe(Number(second.id));
    await volume.delete(moved);
    expect(await volume.read(moved)).toBeUndefined();
  });
});
