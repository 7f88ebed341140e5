import { describe, expect, it } from "vitest";
import { dropletBody, KEY, testSandbox } from "../../testing";

const ID = 530000001;

describe("POST /v2/droplets", () => {
  it("answers at once, brings the machine up, then shows it active", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/account/keys", { name: "ada", public_key: KEY.publicKey });
    const release = machines.hold();
    const made = await ask("POST", "/v2/droplets", {
      ...dropletBody({ tags: ["app", "App"], ssh_keys: [KEY.fingerprint], user_data: "#cloud-config\n{}" }),
      monitoring: true,
      unknown_field: 1,
    });
    expect(made.status).toBe(202);
    expect(made.body.links).toEqual({
      actions: [{ id: 2900000001, rel: "create", href: "http://localhost/v2/actions/2900000001" }],
    });
    expect(made.body.droplet).toMatchObject({
      id: ID,
      name: "web",
      memory: 1024,
      vcpus: 1,
      disk: 25,
      locked: true,
      status: "new",
      created_at: "2026-11-21T12:00:00Z",
      networks: { v4: [], v6: [] },
      tags: ["app"],
      size_slug: "s-1vcpu-1gb",
    });
    expect((await ask("GET", "/v2/actions/2900000001")).body.action).toMatchObject({
      status: "in-progress",
      type: "create",
      completed_at: null,
      resource_id: ID,
      resource_type: "droplet",
      region_slug: "fra1",
    });
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.status).toBe("new");

    release();
    await settled();
    const { droplet } = (await ask("GET", `/v2/droplets/${ID}`)).body;
    const address = (type: string) => ({
      ip_address: "10.213.0.10",
      netmask: "255.255.255.0",
      gateway: "10.213.0.1",
      type,
    });
    expect(droplet).toMatchObject({
      status: "active",
      locked: false,
      kernel: null,
      features: ["monitoring", "droplet_agent", "private_networking"],
      backup_ids: [],
      next_backup_window: null,
      snapshot_ids: [],
      volume_ids: [],
      networks: { v4: [address("public"), address("private")], v6: [] },
      image: { slug: "debian-13-x64" },
      size: { slug: "s-1vcpu-1gb", price_monthly: 6, price_hourly: 0.00893 },
      region: { slug: "fra1" },
    });
    const { vpcs } = (await ask("GET", "/v2/vpcs")).body;
    expect(vpcs).toMatchObject([{ id: droplet.vpc_uuid, name: "default-fra1", default: true }]);
    expect((await ask("GET", "/v2/actions/2900000001")).body.action).toMatchObject({
      status: "completed",
      completed_at: "2026-11-21T12:00:00Z",
    });
    expect(machines.look(`droplet-${ID}`)).toEqual({
      order: {
        id: `droplet-${ID}`,
        hostname: "web",
        image: "golden",
        address: "10.213.0.10",
        memory: 1024,
        vcpus: 1,
        sshKeys: [KEY.publicKey],
        userData: "#cloud-config\n{}",
      },
      capacity: { memory: 1024, vcpus: 1 },
      power: "on",
      firewall: undefined,
      extraAddresses: [],
      disks: [],
    });
  });

  it("makes several at once, each with an address of its own, and lists them by name and tag", async () => {
    const { ask, settled } = testSandbox();
    const { body, status } = await ask("POST", "/v2/droplets", {
      ...dropletBody({ tags: ["fleet"] }),
      name: undefined,
      names: ["a", "b"],
    });
    expect(status).toBe(202);
    expect(body.droplet).toBeUndefined();
    expect(body.droplets.map((droplet: { name: string }) => droplet.name)).toEqual(["a", "b"]);
    expect(body.links.actions).toHaveLength(2);
    await ask("POST", "/v2/droplets", dropletBody({ name: "c" }));
    await settled();
    const names = async (query: string) =>
      (await ask("GET", `/v2/droplets${query}`)).body.droplets.map((droplet: { name: string }) => droplet.name);
    expect(await names("")).toEqual(["a", "b", "c"]);
    expect(await names("?name=B")).toEqual(["b"]);
    expect(await names("?tag_name=fleet")).toEqual(["a", "b"]);
    expect(await names("?tag_name=other")).toEqual([]);
    const { droplets } = (await ask("GET", "/v2/droplets")).body;
    const addresses = droplets.map((droplet: { networks: { v4: { ip_address: string }[] } }) => {
      return droplet.networks.v4[0]?.ip_address;
    });
    expect(addresses).toEqual(["10.213.0.10", "10.213.0.11", "10.213.0.12"]);
  });

  it.each([
    [{ region: "mars1" }, 422, "You specified an invalid region for Droplet creation."],
    [{ size: "huge" }, 422, "You specified an invalid size for Droplet creation."],
    [{ image: "windows" }, 422, "You specified an invalid image for Droplet creation."],
    [
      { image: "ubuntu-24-04-x64" },
      501,
      "a limit of the sandbox: of the images, debian-13-x64 boots; ubuntu-24-04-x64 does not",
    ],
    [{ name: "my_web" }, 422, "name: Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"],
    [{ name: undefined }, 422, "Name can't be blank"],
    [{ ssh_keys: [12, "aa:bb"] }, 422, "12, aa:bb are invalid key identifiers for Droplet creation."],
    [{ vpc_uuid: "5a4981aa-9653-4bd1-bef5-d6bff52042e4" }, 422, "You specified an invalid VPC for Droplet creation."],
    [{ volumes: ["x"] }, 422, "volume x does not exist"],
    [
      { public_networking: false },
      501,
      "a limit of the sandbox: every droplet is on its one network; leave public_networking",
    ],
  ])("refuses %j and makes nothing", async (changes, status, message) => {
    const { ask, machines, settled } = testSandbox();
    const got = await ask("POST", "/v2/droplets", dropletBody(changes));
    expect([got.status, got.body.message]).toEqual([status, message]);
    await settled();
    expect(await machines.list()).toEqual([]);
    expect((await ask("GET", "/v2/droplets")).body.meta.total).toBe(0);
    expect((await ask("GET", "/v2/actions")).body.meta.total).toBe(0);
  });

  it("shows a machine that cannot be made as errored and off; power_on tries again", async () => {
    const { ask, machines, settled, lines } = testSandbox();
    machines.breakMachine(`droplet-${ID}`, "no space left");
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet).toMatchObject({ status: "off", locked: false });
    expect((await ask("GET", "/v2/actions/2900000001")).body.action.status).toBe("errored");
    expect(lines).toEqual(["action 2900000001 create failed: no space left"]);
    machines.breakMachine(`droplet-${ID}`);
    await ask("POST", `/v2/droplets/${ID}/actions`, { type: "power_on" });
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.status).toBe("active");
    expect(machines.look(`droplet-${ID}`)?.power).toBe("on");
  });

  it("refuses more droplets than there are addresses", async () => {
    const network = {
      subnet: "10.9.0.0/24",
      gateway: "10.9.0.1",
      machines: ["10.9.0.10", "10.9.0.11"] as const,
      databases: ["10.9.0.15", "10.9.0.15"] as const,
      reserved: ["10.9.0.20", "10.9.0.20"] as const,
    };
    const { ask } = testSandbox(undefined, { network });
    expect((await ask("POST", "/v2/droplets", dropletBody({ name: undefined, names: ["a", "b"] }))).status).toBe(202);
    const third = await ask("POST", "/v2/droplets", dropletBody());
    expect([third.status, third.body.message]).toEqual([
      422,
      "creating this/these droplet(s) will exceed your droplet limit: the sandbox's range 10.9.0.10-10.9.0.11 is used up",
    ]);
  });
});

describe("DELETE /v2/droplets", () => {
  it("destroys the machine and detaches everything; the address is free again only then", async () => {
    const { ask, machines, settled } = testSandbox({ machineImage: "golden", transitions: { mode: "immediate" } });
    await ask("POST", "/v2/droplets", dropletBody());
    const volume = (await ask("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 10 })).body.volume
      .id;
    await ask("POST", `/v2/volumes/${volume}/actions`, { type: "attach", droplet_id: ID });
    await ask("POST", "/v2/reserved_ips", { droplet_id: ID });
    await ask("POST", "/v2/firewalls", {
      name: "web",
      inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
      droplet_ids: [ID],
    });
    await ask("PUT", "/_sandbox/settings", { transitions: { mode: "machine" } });
    const release = machines.hold();
    const gone = await ask("DELETE", `/v2/droplets/${ID}`);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect((await ask("DELETE", `/v2/droplets/${ID}`)).status).toBe(204);
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet).toMatchObject({ status: "active", locked: true });
    await ask("POST", "/v2/droplets", dropletBody({ name: "next" }));
    release();
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).status).toBe(404);
    expect((await ask("DELETE", `/v2/droplets/${ID}`)).status).toBe(404);
    expect(await machines.list()).toEqual([`droplet-${ID + 1}`]);
    expect(machines.look(`droplet-${ID + 1}`)?.order.address).toBe("10.213.0.11");
    expect((await ask("GET", `/v2/volumes/${volume}`)).body.volume.droplet_ids).toEqual([]);
    expect((await ask("GET", "/v2/reserved_ips")).body.reserved_ips).toMatchObject([
      { ip: "10.213.0.200", droplet: null },
    ]);
    expect((await ask("GET", "/v2/firewalls")).body.firewalls).toMatchObject([
      { droplet_ids: [], pending_changes: [] },
    ]);
    await ask("POST", "/v2/droplets", dropletBody({ name: "third" }));
    await settled();
    expect(machines.look(`droplet-${ID + 2}`)?.order.address).toBe("10.213.0.10");
  });

  it("refuses while another action holds the droplet", async () => {
    const { ask, machines, settled } = testSandbox();
    const release = machines.hold();
    await ask("POST", "/v2/droplets", dropletBody());
    const refused = await ask("DELETE", `/v2/droplets/${ID}`);
    expect([refused.status, refused.body.id, refused.body.message]).toEqual([
      422,
      "unprocessable_entity",
      "Droplet already has a pending event.",
    ]);
    release();
    await settled();
    expect((await ask("DELETE", `/v2/droplets/${ID}`)).status).toBe(204);
  });

  it("keeps the droplet when its machine cannot be destroyed, and tries again when asked", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    machines.breakMachine(`droplet-${ID}`, "device busy");
    await ask("DELETE", `/v2/droplets/${ID}`);
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.locked).toBe(false);
    machines.breakMachine(`droplet-${ID}`);
    await ask("DELETE", `/v2/droplets/${ID}`);
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).status).toBe(404);
    expect(await machines.list()).toEqual([]);
  });

  it("destroys by tag", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody({ tags: ["old"] }));
    await ask("POST", "/v2/droplets", dropletBody({ name: "kept" }));
    await settled();
    expect((await ask("DELETE", "/v2/droplets?tag_name=old")).status).toBe(204);
    expect((await ask("DELETE", "/v2/droplets")).status).toBe(422);
    await settled();
    expect(await machines.list()).toEqual([`droplet-${ID + 1}`]);
  });
});

describe("/v2/droplets/ID/actions", () => {
  async function active() {
    const sandbox = testSandbox();
    await sandbox.ask("POST", "/v2/droplets", dropletBody());
    await sandbox.settled();
    const act = async (body: Record<string, unknown>) => {
      const got = await sandbox.ask("POST", `/v2/droplets/${ID}/actions`, body);
      await sandbox.settled();
      return got;
    };
    const look = async () => (await sandbox.ask("GET", `/v2/droplets/${ID}`)).body.droplet;
    return { ...sandbox, act, look };
  }

  it("turns off and on", async () => {
    const { act, look, machines } = await active();
    const off = await act({ type: "power_off" });
    expect(off.status).toBe(201);
    expect(off.body.action).toMatchObject({
      id: 2900000002,
      type: "power_off",
      status: "in-progress",
      resource_id: ID,
    });
    expect((await look()).status).toBe("off");
    expect(machines.look(`droplet-${ID}`)?.power).toBe("off");
    expect((await act({ type: "power_off" })).body.message).toBe("Droplet is already powered off.");
    expect((await act({ type: "shutdown" })).status).toBe(201);
    await act({ type: "power_on" });
    expect((await look()).status).toBe("active");
    expect(machines.look(`droplet-${ID}`)?.power).toBe("on");
    expect((await act({ type: "power_on" })).body.message).toBe("Droplet is already powered on.");
    await act({ type: "shutdown" });
    expect((await look()).status).toBe("off");
    await act({ type: "reboot" });
    expect((await look()).status).toBe("active");
    await act({ type: "power_cycle" });
    expect((await look()).status).toBe("active");
  });

  it("resizes when off: capacity at once, the disk only when asked, and never smaller", async () => {
    const { act, look, machines } = await active();
    const on = await act({ type: "resize", size: "s-2vcpu-4gb" });
    expect([on.status, on.body.message]).toEqual([422, "Droplet must be powered off to be resized."]);
    await act({ type: "power_off" });
    expect((await act({ type: "resize", size: "s-2vcpu-4gb", disk: false })).status).toBe(201);
    expect(await look()).toMatchObject({ size_slug: "s-2vcpu-4gb", memory: 4096, vcpus: 2, disk: 25, status: "off" });
    expect(machines.look(`droplet-${ID}`)?.capacity).toEqual({ memory: 4096, vcpus: 2 });
    await act({ type: "resize", size: "s-1vcpu-2gb", disk: true });
    expect(await look()).toMatchObject({ size_slug: "s-1vcpu-2gb", memory: 2048, vcpus: 1, disk: 50 });
    const smaller = await act({ type: "resize", size: "s-1vcpu-1gb", disk: true });
    expect([smaller.status, smaller.body.message]).toEqual([
      422,
      "This size is not available because it has a smaller disk.",
    ]);
    expect((await act({ type: "resize", size: "s-1vcpu-2gb" })).status).toBe(422);
    expect((await act({ type: "resize", size: "nope" })).status).toBe(422);
  });

  it("renames, gives IPv6, keeps a backup policy", async () => {
    const { act, look, ask } = await active();
    await act({ type: "rename", name: "api" });
    await act({ type: "enable_ipv6" });
    await act({ type: "enable_backups", backup_policy: { plan: "daily", hour: 8 } });
    expect(await look()).toMatchObject({
      name: "api",
      features: ["backups", "ipv6", "droplet_agent", "private_networking"],
      networks: { v6: [{ ip_address: "2001:db8::1f97:2881", netmask: 64, gateway: "2001:db8::1", type: "public" }] },
      next_backup_window: { start: "2026-11-22T08:00:00Z", end: "2026-11-22T12:00:00Z" },
    });
    expect((await ask("GET", `/v2/droplets/${ID}/backups/policy`)).body.policy).toEqual({
      droplet_id: ID,
      backup_enabled: true,
      backup_policy: { plan: "daily", hour: 8, window_length_hours: 4, retention_period_days: 7 },
      next_backup_window: { start: "2026-11-22T08:00:00Z", end: "2026-11-22T12:00:00Z" },
    });
    await act({ type: "disable_backups" });
    expect((await ask("GET", `/v2/droplets/${ID}/backups/policy`)).body.policy).toEqual({
      droplet_id: ID,
      backup_enabled: false,
    });
    expect((await act({ type: "rename", name: "a_b" })).status).toBe(422);
    expect((await act({ type: "rename" })).status).toBe(422);
  });

  it("lists actions, newest first, and refuses what it cannot do", async () => {
    const { act, ask } = await active();
    await act({ type: "reboot" });
    const listed = (await ask("GET", `/v2/droplets/${ID}/actions`)).body;
    expect(listed.actions.map((action: { type: string }) => action.type)).toEqual(["reboot", "create"]);
    expect(listed.meta).toEqual({ total: 2 });
    expect((await ask("GET", `/v2/droplets/${ID}/actions/2900000002`)).body.action.type).toBe("reboot");
    expect((await ask("GET", `/v2/droplets/${ID}/actions/1`)).status).toBe(404);
    expect((await ask("GET", "/v2/droplets/1/actions")).status).toBe(404);
    expect((await act({ type: "snapshot", name: "x" })).status).toBe(501);
    expect((await act({ type: "dance" })).status).toBe(422);
    expect((await ask("POST", `/v2/droplets/1/actions`, { type: "reboot" })).status).toBe(404);
    for (const empty of ["kernels", "snapshots", "backups", "firewalls"]) {
      expect((await ask("GET", `/v2/droplets/${ID}/${empty}`)).body).toEqual({
        [empty]: [],
        links: {},
        meta: { total: 0 },
      });
    }
  });

  it("acts on every droplet of a tag", async () => {
    const { ask, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody({ name: undefined, names: ["a", "b"], tags: ["fleet"] }));
    await settled();
    const got = await ask("POST", "/v2/droplets/actions?tag_name=fleet", { type: "power_off" });
    expect([got.status, got.body.actions.length]).toEqual([201, 2]);
    await settled();
    const { droplets } = (await ask("GET", "/v2/droplets")).body;
    expect(droplets.map((droplet: { status: string }) => droplet.status)).toEqual(["off", "off"]);
  });

  it("is errored when the machine refuses, and the droplet stays as it was", async () => {
    const { act, look, machines, ask } = await active();
    machines.breakMachine(`droplet-${ID}`, "engine gone");
    await act({ type: "power_off" });
    expect((await ask("GET", "/v2/actions/2900000002")).body.action).toMatchObject({
      status: "errored",
      completed_at: "2026-11-21T12:00:00Z",
    });
    expect((await look()).status).toBe("active");
  });
});
