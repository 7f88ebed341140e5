import { describe, expect, it } from "vitest";
import { KEY, type TestSandbox } from "../../testing";
import { Unfinished } from "../resource";
import { testCloud } from "../testCloud";
import { driver, keptCall } from "../testing";
import { type Properties, unknown } from "../wire";
import { digitalocean } from "./digitalocean";

let sandbox: TestSandbox;
const plugin = digitalocean();
const of = (type: string) => driver(plugin, `digitalocean:index/${type}`);

testCloud(
  (url) => plugin.configure?.({ apiEndpoint: url, token: "a-token", httpRetryMax: 0 }),
  (fresh) => {
    sandbox = fresh;
  },
);

const machine: Properties = { name: "web", region: "FRA1", size: "s-1vcpu-1gb", image: "debian-13-x64" };

/** Makes, compares, refreshes and removes; returns what was made. */
async function lifeOf(type: string, inputs: Properties) {
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

describe("SshKey", () => {
  it("lives", async () => {
    const { id, outputs } = await lifeOf("sshKey:SshKey", { name: "ada", publicKey: `${KEY.publicKey}\n` });
    expect(id).toMatch(/^\d+$/);
    expect(outputs).toMatchObject({
      name: "ada",
      publicKey: KEY.publicKey,
      fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}/),
    });
  });

  it("is renamed in place, and made anew for another key", async () => {
    const key = of("sshKey:SshKey");
    const held = await key.create({ name: "ada", publicKey: KEY.publicKey });
    expect(key.diff(held, { name: "bob", publicKey: KEY.publicKey })).toMatchObject({
      parts: { name: "update" },
      replaces: [],
    });
    expect((await key.update(held, { name: "bob", publicKey: KEY.publicKey })).outputs.name).toBe("bob");
    expect(key.diff(held, { name: "ada", publicKey: "ssh-rsa x" })).toMatchObject({
      replaces: ["publicKey"],
      deleteFirst: true,
    });
  });
});

describe("Tag", () => {
  it("lives, with a made-up name that stays", async () => {
    const tag = of("tag:Tag");
    const held = await tag.create({});
    expect(held.id).toMatch(/^thing-[0-9a-f]{7}$/);
    expect(held.inputs.__defaults).toEqual(["name"]);
    expect(tag.check(held.inputs, {}).name).toBe(held.id);
    await lifeOf("tag:Tag", { name: "web" });
  });

  it("refuses a name the API would refuse", () => {
    expect(() => of("tag:Tag").check({}, { name: "no spaces" })).toThrow(
      'name is "no spaces"; allowed: letters, digits, colons, hyphens and underscores, at most 255',
    );
  });
});

describe("Firewall", () => {
  const inboundRules = [
    { protocol: "tcp", portRange: "22", sourceAddresses: ["0.0.0.0/0", "::/0"] },
    { protocol: "icmp", sourceAddresses: ["0.0.0.0/0"] },
  ];
  const outboundRules = [{ protocol: "tcp", portRange: "all", destinationAddresses: ["::/0", "0.0.0.0/0"] }];

  it("lives, with every port and none said as the program says them", async () => {
    const { outputs } = await lifeOf("firewall:Firewall", { name: "fw", inboundRules, outboundRules });
    expect(outputs).toMatchObject({ name: "fw", inboundRules, outboundRules });
  });

  it("doesn't mind the order of rules and addresses, and changes in place", async () => {
    const firewall = of("firewall:Firewall");
    const held = await firewall.create({ name: "fw", inboundRules, outboundRules });
    const turned = inboundRules
      .map((rule) => ({ ...rule, sourceAddresses: [...rule.sourceAddresses].reverse() }))
      .reverse();
    expect(firewall.diff(held, { name: "fw", inboundRules: turned, outboundRules }).parts).toEqual({});
    const more = {
      name: "fw",
      inboundRules: [...inboundRules, { protocol: "tcp", portRange: "443", sourceTags: ["web"] }],
      outboundRules,
    };
    expect(firewall.diff(held, more)).toMatchObject({ parts: { "inboundRules[2]": "add" }, replaces: [] });
    await of("tag:Tag").create({ name: "web" });
    const changed = await firewall.update(held, more);
    expect(firewall.diff(changed, more).parts).toEqual({});
  });

  it("names the rule that lacks a port", () => {
    expect(() => of("firewall:Firewall").check({}, { inboundRules: [{ protocol: "tcp" }] })).toThrow(
      'inboundRules[0].portRange is missing; tcp needs one, e.g. "443", "8000-9000" or "all"',
    );
    expect(() => of("firewall:Firewall").check({}, {})).toThrow(
      "a firewall needs at least one rule in inboundRules or outboundRules",
    );
  });
});

describe("Droplet", () => {
  it("is there when it is active, with user data kept as a hash", async () => {
    const { outputs, inputs } = await lifeOf("droplet:Droplet", { ...machine, userData: "#cloud-config\n" });
    expect(outputs).toMatchObject({
      name: "web",
      region: "fra1",
      status: "active",
      ipv4Address: expect.stringMatching(/^10\.213\.0\.\d+$/),
      userData: "c0af657a8122db11fb8541f90feab7871c2c3d71",
      locked: false,
    });
    expect(inputs.__defaults).toEqual(["resizeDisk"]);
  });

  it("is made anew for what can't change in place, the old going first where it keeps its name", async () => {
    const droplet = of("droplet:Droplet");
    const held = await droplet.create({ ...machine, userData: "one" });
    expect(droplet.diff(held, { ...machine, userData: "two" })).toMatchObject({
      replaces: ["userData"],
      deleteFirst: true,
    });
    expect(droplet.diff(held, { ...machine, userData: "one", sshKeys: ["1"] }).replaces).toEqual(["sshKeys"]);
    expect(droplet.diff(held, { ...machine, userData: unknown }).replaces).toEqual(["userData"]);
  });

  it("is resized, renamed and tagged in place", async () => {
    const droplet = of("droplet:Droplet");
    const held = await droplet.create({ ...machine, tags: ["old"] });
    const next = { ...machine, name: "web2", size: "s-2vcpu-2gb", resizeDisk: false, tags: ["new"] };
    expect(droplet.diff(held, next)).toMatchObject({
      parts: { name: "update", resizeDisk: "update", size: "update", "tags[0]": "update" },
      replaces: [],
    });
    const changed = await droplet.update(held, next);
    expect(changed.outputs).toMatchObject({
      name: "web2",
      size: "s-2vcpu-2gb",
      status: "active",
      tags: ["new"],
      vcpus: 2,
    });
    expect(droplet.diff(changed, next).parts).toEqual({});
    const { body } = await sandbox.ask("GET", `/v2/droplets/${held.id}/actions`);
    expect(body.actions.map(({ type }: { type: string }) => type).reverse()).toEqual([
      "create",
      "power_off",
      "resize",
      "power_on",
      "rename",
    ]);
  });

  it("shows in a refresh what was changed outside", async () => {
    const droplet = of("droplet:Droplet");
    const held = await droplet.create(machine);
    await sandbox.ask("POST", `/v2/droplets/${held.id}/actions`, { type: "rename", name: "other" });
    const now = await droplet.read(held);
    expect(now?.outputs.name).toBe("other");
    expect(droplet.diff(now ?? held, machine).parts).toEqual({ name: "update" });
  });

  it("is kept as unfinished when the run ends before it is up", async () => {
    const release = sandbox.machines.hold();
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error("cancelled")), 100);
    const droplet = driver(plugin, "digitalocean:index/droplet:Droplet", keptCall("web", cancel.signal));
    const failed = await droplet.create(machine).catch((error: unknown) => error);
    release();
    expect(failed).toBeInstanceOf(Unfinished);
    expect((failed as Unfinished).made).toMatchObject({
      id: expect.stringMatching(/^\d+$/),
      outputs: { name: "web", status: "new" },
    });
  });

  it("says in one line what the API refused", async () => {
    await expect(of("droplet:Droplet").create({ ...machine, size: "nope" })).rejects.toThrow(
      /^POST http:\S+\/v2\/droplets: 422 \(request "\S+"\) You specified an invalid size for Droplet creation\.$/,
    );
  });

  it("knows in a preview what the program said", async () => {
    expect(await of("droplet:Droplet").preview(machine)).toMatchObject({
      name: "web",
      region: "fra1",
      ipv4Address: unknown,
      vpcUuid: unknown,
    });
  });

  it("may be gone already when it is removed", async () => {
    const droplet = of("droplet:Droplet");
    const held = await droplet.create(machine);
    await droplet.delete(held);
    await droplet.delete(held);
  });
});

describe("Vpc", () => {
  it("lives and is renamed in place", async () => {
    await lifeOf("vpc:Vpc", { name: "net", region: "fra1" });
    const vpc = of("vpc:Vpc");
    const held = await vpc.create({ name: "net", region: "fra1" });
    expect(held.outputs.createdAt).toBe("2026-11-21 12:00:00 +0000 UTC");
    expect(vpc.diff(held, { name: "net2", region: "fra1", ipRange: held.outputs.ipRange })).toMatchObject({
      parts: { name: "update" },
      replaces: [],
    });
    expect((await vpc.update(held, { name: "net2", region: "fra1", description: "d" })).outputs).toMatchObject({
      name: "net2",
      description: "d",
    });
  });
});

describe("Volume and VolumeAttachment", () => {
  const inputs = { name: "data", region: "fra1", size: 10, initialFilesystemType: "ext4" };

  it("live, apart and together", async () => {
    const { outputs } = await lifeOf("volume:Volume", inputs);
    expect(outputs).toMatchObject({ size: 10, filesystemType: "ext4", dropletIds: [] });
    const held = await of("volume:Volume").create(inputs);
    const droplet = await of("droplet:Droplet").create(machine);
    const { id } = await lifeOf("volumeAttachment:VolumeAttachment", {
      dropletId: Number(droplet.id),
      volumeId: held.id,
    });
    expect(id.startsWith(`${droplet.id}-${held.id}-`)).toBe(true);
  });

  it("grows, never shrinks", async () => {
    const volume = of("volume:Volume");
    const held = await volume.create(inputs);
    expect((await volume.update(held, { ...inputs, size: 20 })).outputs.size).toBe(20);
    expect(() => volume.check(held.inputs, { ...inputs, size: 5 })).toThrow(
      "size is 5, but the volume has 10 GiB already: a volume can grow, never shrink",
    );
  });

  it("goes with the droplet it is on", async () => {
    const volume = await of("volume:Volume").create(inputs);
    const droplet = of("droplet:Droplet");
    const held = await droplet.create({ ...machine, volumeIds: [volume.id] });
    expect(held.outputs.volumeIds).toEqual([volume.id]);
    await droplet.delete(held);
    expect((await of("volume:Volume").read(volume))?.outputs.dropletIds).toEqual([]);
  });
});

describe("ReservedIp and ReservedIpAssignment", () => {
  it("live, apart and together", async () => {
    const { id } = await lifeOf("reservedIp:ReservedIp", { region: "fra1" });
    expect(id).toMatch(/^10\.213\.0\.\d+$/);
    const address = await of("reservedIp:ReservedIp").create({ region: "fra1" });
    const droplet = await of("droplet:Droplet").create(machine);
    await lifeOf("reservedIpAssignment:ReservedIpAssignment", { ipAddress: address.id, dropletId: Number(droplet.id) });
  });

  it("moves between droplets in place", async () => {
    const [one, two] = [
      await of("droplet:Droplet").create(machine),
      await of("droplet:Droplet").create({ ...machine, name: "two" }),
    ];
    const address = of("reservedIp:ReservedIp");
    const held = await address.create({ region: "fra1", dropletId: Number(one.id) });
    expect(address.diff(held, { region: "fra1", dropletId: Number(two.id) })).toMatchObject({
      parts: { dropletId: "update" },
      replaces: [],
    });
    const moved = await address.update(held, { region: "fra1", dropletId: Number(two.id) });
    expect(moved.outputs.dropletId).toBe(Number(two.id));
    const free = await address.update(moved, { region: "fra1" });
    expect(free.outputs.dropletId).toBeUndefined();
    await address.delete(moved);
  });
});
