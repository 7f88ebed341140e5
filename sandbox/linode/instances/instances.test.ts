import { compare } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { KEY, linodeBody, type TestSandbox, testSandbox } from "../../testing";

const ID = 101000001;
const path = `/v4/linode/instances/${ID}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function running(changes: Record<string, unknown> = {}) {
  const sandbox = testSandbox();
  await sandbox.ask("POST", "/v4/linode/instances", linodeBody(changes));
  await sandbox.settled();
  const look = async () => (await sandbox.ask("GET", path)).body;
  const act = async (verb: string, body?: unknown) => {
    const got = await sandbox.ask("POST", `${path}/${verb}`, body);
    await sandbox.settled();
    return got;
  };
  return { ...sandbox, look, act, machine: () => sandbox.machines.look(`linode-${ID}`) };
}

async function events({ ask }: Pick<TestSandbox, "ask">, action?: string) {
  const { data } = (await ask("GET", "/v4/account/events")).body;
  return data
    .filter((event: { action: string }) => action === undefined || event.action === action)
    .map((event: { action: string; status: string }) => `${event.action} ${event.status}`);
}

describe("POST /linode/instances", () => {
  it("answers at once, makes the machine, then shows it running", async () => {
    const { ask, machines, settled } = testSandbox();
    const release = machines.hold();
    const made = await ask("POST", "/v4/linode/instances", {
      ...linodeBody({ tags: ["web-tag", "app-tag"], root_pass: "a-Long-passw0rd", private_ip: true }),
      metadata: { user_data: base64("#cloud-config\n{}\n") },
    });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      id: ID,
      label: "web",
      status: "provisioning",
      created: "2026-11-21T12:00:00",
      type: "g6-nanode-1",
      ipv4: ["10.213.0.10", "192.168.128.2"],
      ipv6: "2001:db8::f03c:95ff:605:2341/128",
      image: "linode/debian13",
      specs: { disk: 25600, memory: 1024, vcpus: 1, gpus: 0, transfer: 1000, accelerated_devices: 0 },
      tags: ["app-tag", "web-tag"],
      has_user_data: true,
      interface_generation: "legacy_config",
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await events({ ask })).toEqual(["linode_boot started", "linode_create finished"]);
    expect((await ask("GET", path)).body.status).toBe("booting");
    release();
    await settled();
    expect((await ask("GET", path)).body.status).toBe("running");
    const machine = machines.look(`linode-${ID}`);
    expect(machine).toMatchObject({
      order: {
        id: `linode-${ID}`,
        hostname: "web",
        image: "golden",
        address: "10.213.0.10",
        memory: 1024,
        vcpus: 1,
        sshKeys: [KEY.publicKey],
        userData: "#cloud-config\n{}\n",
      },
      power: "on",
      firewall: undefined,
    });
    const [, json = ""] = (machine?.order.vendorData ?? "").split("\n");
    const [root] = JSON.parse(json).chpasswd.users;
    expect(root).toMatchObject({ name: "root", type: "hash" });
    expect(await compare("a-Long-passw0rd", root.password)).toBe(true);
  });

  it("tells of the change by an event that clients can follow", async () => {
    const { ask, machines, settled } = testSandbox();
    const release = machines.hold();
    await ask("POST", "/v4/linode/instances", linodeBody());
    const poll = async (action: string) => {
      const filter = { action, "entity.id": ID, "entity.type": "linode", "+order_by": "created", "+order": "desc" };
      const headers = { "X-Filter": JSON.stringify(filter) };
      return (await ask("GET", "/v4/account/events?page=1", undefined, headers)).body.data;
    };
    expect(await poll("linode_delete")).toEqual([]);
    const [event] = await poll("linode_boot");
    expect(event).toMatchObject({ status: "started", percent_complete: 50, duration: 0, time_remaining: null });
    await ask("POST", "/_sandbox/clock/advance", { seconds: 3 });
    expect((await ask("GET", `/v4/account/events/${event.id}`)).body).toMatchObject({
      status: "started",
      percent_complete: 50,
      duration: 3,
    });
    release();
    await settled();
    expect((await ask("GET", `/v4/account/events/${event.id}`)).body).toEqual({
      ...event,
      status: "finished",
      percent_complete: 100,
      time_remaining: 0,
      duration: 3,
    });
    expect(event.entity).toEqual({ type: "linode", id: ID, label: "web", url: path });
  });

  it("makes no machine until it is booted, and none at all without an image", async () => {
    const { look, machine, act, machines, ask } = await running({ booted: false });
    expect((await look()).status).toBe("offline");
    expect(machine()).toBeUndefined();
    expect((await act("boot")).status).toBe(200);
    expect([(await look()).status, machine()?.power]).toEqual(["running", "on"]);
    const bare = { label: "bare", region: "us-ord", type: "g6-standard-1" };
    expect((await ask("POST", "/v4/linode/instances", bare)).body.image).toBeNull();
    expect((await ask("POST", `/v4/linode/instances/${ID + 1}/boot`)).body.errors).toEqual([
      { reason: "Linode busy." },
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await ask("POST", `/v4/linode/instances/${ID + 1}/boot`)).body.errors).toEqual([
      { reason: "You must create a configuration profile and a disk with a system to boot." },
    ]);
    expect(await machines.list()).toEqual([`linode-${ID}`]);
  });

  it("gives labels and hosts names of their own, and each its own address beside the other cloud's", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", { name: "d", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" });
    const unnamed = await ask("POST", "/v4/linode/instances", linodeBody({ label: undefined }));
    expect(unnamed.body.label).toBe(`linode${ID}`);
    const odd = await ask("POST", "/v4/linode/instances", linodeBody({ label: `a_b.${"c".repeat(60)}` }));
    await ask("POST", "/v2/droplets", { name: "e", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" });
    await settled();
    expect([unnamed.body.ipv4, odd.body.ipv4]).toEqual([["10.213.0.11"], ["10.213.0.12"]]);
    expect(machines.look(`linode-${ID + 1}`)?.order.hostname).toBe(`a-b.${"c".repeat(59)}`);
    expect(machines.look("droplet-530000002")?.order.address).toBe("10.213.0.13");
  });

  it("lets in whoever the profile's keys belong to", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v4/profile/sshkeys", { label: "ada", ssh_key: KEY.publicKey });
    await ask("POST", "/v4/linode/instances", linodeBody({ authorized_keys: null, authorized_users: ["slipway"] }));
    await settled();
    expect(machines.look(`linode-${ID}`)?.order.sshKeys).toEqual([KEY.publicKey]);
    expect(machines.look(`linode-${ID}`)?.order.vendorData).toBeUndefined();
  });

  it.each([
    [{ type: "g6-fake" }, "A valid plan type by that ID was not found", "type"],
    [{ region: "us-fake" }, "region is not valid", "region"],
    [{ region: "eu-central", type: "g7-premium-2" }, "Premium 4GB is not available in this region", "region"],
    [{ image: "linode/none" }, "image is not valid", "image"],
    [{ authorized_keys: [] }, "Must provide valid root_pass, authorized_keys, or authorized_users", undefined],
    [{ root_pass: "short" }, "Password does not meet strength requirement.", "root_pass"],
    [{ authorized_keys: ["ssh-ed25519 AAAA"] }, "Not a valid SSH key", "authorized_keys[0]"],
    [{ authorized_users: ["nobody"] }, "User is not valid", "authorized_users[0]"],
    [{ label: "ab" }, "Length must be 3-64 characters", "label"],
    [{ label: "my web" }, "Must only use ASCII letters, numbers, underscores, periods, and dashes", "label"],
    [{ label: "-web" }, "Must begin and end with an alphanumeric character", "label"],
    [{ label: "my--web" }, "Must not have two dashes (--), underscores (__) or periods (..) in a row", "label"],
    [{ label: "taken" }, "Label must be unique among your linodes", "label"],
    [{ firewall_id: 7 }, "firewall_id is not valid", "firewall_id"],
    [{ metadata: { user_data: "no base64!" } }, "Must be a valid base64 string", "metadata.user_data"],
    [
      { metadata: { user_data: base64("x".repeat(16_385)) } },
      "Must not exceed 16384 bytes decoded",
      "metadata.user_data",
    ],
  ])("refuses %j", async (changes, reason, field) => {
    const { ask } = testSandbox();
    await ask("POST", "/v4/linode/instances", linodeBody({ label: "taken" }));
    const got = await ask("POST", "/v4/linode/instances", linodeBody(changes));
    expect([got.status, got.body]).toEqual([400, { errors: [{ reason, ...(field ? { field } : {}) }] }]);
    expect((await ask("GET", "/v4/linode/instances")).body.results).toBe(1);
  });

  it("tells every reason at once", async () => {
    const { ask } = testSandbox();
    const got = await ask("POST", "/v4/linode/instances", { type: "g6-fake-plan", region: "us-fakeregion" });
    expect(got.body.errors).toEqual([
      { reason: "A valid plan type by that ID was not found", field: "type" },
      { reason: "region is not valid", field: "region" },
    ]);
  });

  it.each([
    [{ image: "linode/ubuntu24.04" }, "of the images, linode/debian13 boots; linode/ubuntu24.04 does not"],
    [{ stackscript_id: 1 }, "stackscript_id: give metadata.user_data"],
    [{ backup_id: 1 }, "backup_id: it has no backups"],
  ])("says that %j is beyond it", async (changes, reason) => {
    const got = await testSandbox().ask("POST", "/v4/linode/instances", linodeBody(changes));
    expect([got.status, got.body]).toEqual([501, { errors: [{ reason: `a limit of the sandbox: ${reason}` }] }]);
  });

  it("is offline and its boot failed when the machine cannot be had, and boots when asked again", async () => {
    const { ask, machines, settled, lines } = testSandbox();
    machines.breakMachine(`linode-${ID}`, "no space left");
    await ask("POST", "/v4/linode/instances", linodeBody());
    await settled();
    expect((await ask("GET", path)).body.status).toBe("offline");
    expect(await events({ ask })).toEqual(["linode_boot failed", "linode_create finished"]);
    expect((await ask("GET", "/v4/account/events/1586000002")).body.message).toBe("no space left");
    expect(lines).toEqual(["event 1586000002 linode_boot failed: no space left"]);
    machines.breakMachine(`linode-${ID}`);
    await ask("POST", `${path}/boot`);
    await settled();
    expect((await ask("GET", path)).body.status).toBe("running");
  });

  it("shows a change as late as the settings say", async () => {
    const polls = testSandbox({ machineImage: "golden", transitions: { mode: "polls", polls: 2 } });
    await polls.ask("POST", "/v4/linode/instances", linodeBody());
    await polls.settled();
    const seen: string[] = [];
    for (let read = 0; read < 4; read += 1) seen.push((await polls.ask("GET", path)).body.status);
    expect(seen).toEqual(["provisioning", "provisioning", "running", "running"]);
    const at = testSandbox({ machineImage: "golden", transitions: { mode: "immediate" } });
    expect((await at.ask("POST", "/v4/linode/instances", linodeBody())).body.status).toBe("running");
  });
});

describe("what can be done to a Linode", () => {
  it("shuts down, boots and reboots, and is busy meanwhile", async () => {
    const { act, look, machine, machines, ask, settled } = await running();
    const release = machines.hold();
    expect((await ask("POST", `${path}/shutdown`)).body).toEqual({});
    expect((await look()).status).toBe("shutting_down");
    const busy = await ask("POST", `${path}/boot`);
    expect([busy.status, busy.body]).toEqual([400, { errors: [{ reason: "Linode busy." }] }]);
    release();
    await settled();
    expect([(await look()).status, machine()?.power]).toEqual(["offline", "off"]);
    expect((await act("shutdown")).body.errors).toEqual([{ reason: "Linode is already powered off." }]);
    await act("boot");
    expect([(await look()).status, machine()?.power]).toEqual(["running", "on"]);
    expect((await act("boot")).body.errors).toEqual([{ reason: "Linode already booted." }]);
    await act("reboot");
    expect((await look()).status).toBe("running");
    expect((await act("reboot", { config_id: 5 })).body.errors).toEqual([
      { reason: "config_id is not valid", field: "config_id" },
    ]);
    expect(await events({ ask })).toEqual([
      "linode_reboot finished",
      "linode_boot finished",
      "linode_shutdown finished",
      "linode_boot finished",
      "linode_create finished",
    ]);
  });

  it("resizes with its disk, runs again, and never to a plan its disk is too large for", async () => {
    const { act, look, machine, ask } = await running();
    expect((await act("resize", { type: "g6-nanode-1" })).status).toBe(400);
    await act("resize", { type: "g6-standard-2" });
    expect(machine()).toMatchObject({ capacity: { memory: 4096, vcpus: 2 }, power: "on" });
    expect(await look()).toMatchObject({ type: "g6-standard-2", status: "running", specs: { disk: 81920 } });
    expect((await ask("GET", `${path}/disks`)).body.data).toMatchObject([{ size: 81408 }, { size: 512 }]);
    expect((await act("resize", { type: "g6-nanode-1" })).body.errors[0].reason).toMatch(
      /^The current disk size of your Linode is too large/,
    );
    expect((await act("resize", { type: "huge" })).body.errors).toEqual([
      { reason: "A valid plan type by that ID was not found", field: "type" },
    ]);
  });

  it("rebuilds with an empty disk, other keys and the same user data unless other is given", async () => {
    const other = KEY.publicKey.replace("ada@example.com", "bob@example.com");
    const { act, look, machine, machines } = await running({ metadata: { user_data: base64("#one") } });
    const before = machine();
    const got = await act("rebuild", { image: "linode/debian13", authorized_keys: [other] });
    expect(got.body).toMatchObject({ id: ID, status: "rebuilding", ipv4: ["10.213.0.10"] });
    expect((await look()).status).toBe("running");
    expect(machine()).not.toBe(before);
    expect(machine()?.order).toMatchObject({ sshKeys: [other], userData: "#one", address: "10.213.0.10" });
    await act("rebuild", {
      image: "linode/debian13",
      authorized_keys: [other],
      metadata: { user_data: base64("#two") },
    });
    expect(machine()?.order.userData).toBe("#two");
    expect((await act("rebuild", { image: "linode/debian13" })).status).toBe(400);
    expect(await machines.list()).toEqual([`linode-${ID}`]);
  });

  it("is renamed and tagged; its label stays unique", async () => {
    const { ask, look } = await running();
    await ask("POST", "/v4/linode/instances", linodeBody({ label: "other" }));
    const put = await ask("PUT", path, { label: "api", tags: ["one-tag"], group: "g", watchdog_enabled: false });
    expect(put.body).toMatchObject({ label: "api", tags: ["one-tag"], group: "g", watchdog_enabled: false });
    expect((await ask("PUT", path, { label: "other" })).body.errors).toEqual([
      { reason: "Label must be unique among your linodes", field: "label" },
    ]);
    expect((await ask("PUT", path, { label: "api", alerts: { cpu: 50 } })).status).toBe(200);
    expect(await look()).toMatchObject({ alerts: { cpu: 50, io: 10000 } });
    expect(await events({ ask }, "linode_update")).toEqual([
      "linode_update notification",
      "linode_update notification",
    ]);
  });

  it("is shown while it is being deleted, keeps its label and address, and is gone then", async () => {
    const { ask, machines, settled, look } = await running();
    const release = machines.hold();
    expect(await ask("DELETE", path)).toMatchObject({ status: 200, body: {} });
    expect((await ask("DELETE", path)).status).toBe(200);
    expect((await look()).status).toBe("deleting");
    expect((await ask("POST", `${path}/boot`)).body.errors).toEqual([{ reason: "Linode busy." }]);
    expect((await ask("POST", "/v4/linode/instances", linodeBody())).status).toBe(400);
    const next = await ask("POST", "/v4/linode/instances", linodeBody({ label: "next" }));
    expect(next.body.ipv4).toEqual(["10.213.0.11"]);
    release();
    await settled();
    const gone = await ask("GET", path);
    expect([gone.status, gone.body]).toEqual([404, { errors: [{ reason: "Not found" }] }]);
    expect(await machines.list()).toEqual([`linode-${ID + 1}`]);
    expect(await events({ ask }, "linode_delete")).toEqual(["linode_delete finished"]);
    expect((await ask("POST", "/v4/linode/instances", linodeBody())).body.ipv4).toEqual(["10.213.0.10"]);
  });

  it("can be deleted before it has come up, and makes no machine then", async () => {
    const { ask, machines, settled } = testSandbox();
    const release = machines.hold();
    await ask("POST", "/v4/linode/instances", linodeBody());
    await ask("DELETE", path);
    release();
    await settled();
    expect((await ask("GET", path)).status).toBe(404);
    expect(await machines.list()).toEqual([]);
  });

  it("stays when its machine cannot be destroyed, and goes when asked again", async () => {
    const { ask, machines, settled, look } = await running();
    machines.breakMachine(`linode-${ID}`, "device busy");
    await ask("DELETE", path);
    await settled();
    expect((await look()).status).toBe("offline");
    machines.breakMachine(`linode-${ID}`);
    await ask("DELETE", path);
    await settled();
    expect((await ask("GET", path)).status).toBe(404);
    expect(await machines.list()).toEqual([]);
  });

  it("has backups, a transfer quota and addresses on record, and no statistics", async () => {
    const { ask, look } = await running();
    await ask("POST", `${path}/backups/enable`);
    expect((await look()).backups.enabled).toBe(true);
    expect((await ask("GET", `${path}/transfer`)).body).toEqual({ used: 0, quota: 1000, billable: 0 });
    expect((await ask("GET", `${path}/stats`)).status).toBe(501);
    const { ipv4, ipv6 } = (await ask("GET", `${path}/ips`)).body;
    expect(ipv4.public).toMatchObject([
      { address: "10.213.0.10", gateway: "10.213.0.1", prefix: 24, rdns: "10-213-0-10.ip.linodeusercontent.com" },
    ]);
    expect([ipv4.private, ipv6.slaac.address]).toEqual([[], "2001:db8::f03c:95ff:605:2341"]);
    expect((await ask("POST", `${path}/ips`, { type: "ipv4", public: false })).body.address).toBe("192.168.128.2");
    expect((await ask("POST", `${path}/ips`, { type: "ipv4", public: true })).status).toBe(400);
    await ask("PUT", "/v4/networking/ips/10.213.0.10", { rdns: "web.example.org" });
    expect((await ask("GET", "/v4/networking/ips/10.213.0.10")).body.rdns).toBe("web.example.org");
    const bad = await ask("PUT", "/v4/networking/ips/10.213.0.10", { rdns: "sample rdns" });
    expect(bad.body.errors).toEqual([{ reason: "Domain is not valid.", field: "rdns" }]);
    expect((await ask("GET", "/v4/networking/ips")).body.results).toBe(2);
    expect((await ask("GET", "/v4/networking/ips/192.0.2.1")).status).toBe(404);
  });

  it("is put together from a disk and a config, too", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v4/linode/instances", { label: "parts", region: "us-ord", type: "g6-nanode-1" });
    await settled();
    const room = await ask("POST", `${path}/disks`, { size: 30_000 });
    expect(room.body.errors).toEqual([{ reason: "Insufficient space for this disk", field: "size" }]);
    const disk = await ask("POST", `${path}/disks`, {
      label: "root",
      size: 20_000,
      image: "linode/debian13",
      authorized_keys: [KEY.publicKey],
    });
    expect(disk.body).toMatchObject({ label: "root", status: "not ready", filesystem: "ext4", size: 20_000 });
    await settled();
    expect((await ask("GET", `${path}/disks/${disk.body.id}`)).body.status).toBe("ready");
    const config = await ask("POST", `${path}/configs`, { label: "boot", devices: { sda: { disk_id: disk.body.id } } });
    expect(config.body.devices).toMatchObject({ sda: { disk_id: disk.body.id, volume_id: null }, sdb: null });
    await ask("POST", `${path}/boot`, { config_id: config.body.id });
    await settled();
    expect(machines.look(`linode-${ID}`)).toMatchObject({ power: "on", order: { sshKeys: [KEY.publicKey] } });
    expect(
      (await ask("POST", `${path}/configs`, { label: "x", devices: { sda: { disk_id: 1 } } })).body.errors,
    ).toEqual([{ reason: "disk_id is not valid", field: "devices.sda.disk_id" }]);
  });
});
