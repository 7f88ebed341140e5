import { describe, expect, it } from "vitest";
import { linodeBody, testSandbox } from "../../testing";

const ID = 101000001;
const FIREWALL = 9600001;
const path = `/v4/networking/firewalls/${FIREWALL}`;
const everyone = { ipv4: ["0.0.0.0/0"], ipv6: ["::/0"] };
const ssh = { action: "ACCEPT", protocol: "TCP", ports: "22", addresses: everyone, label: "ssh" };
const rules = { inbound: [ssh], inbound_policy: "DROP", outbound: null, outbound_policy: "ACCEPT" };
const networks = ["0.0.0.0/0", "::/0"];

async function withLinodes(...labels: string[]) {
  const sandbox = testSandbox();
  for (const label of labels) await sandbox.ask("POST", "/v4/linode/instances", linodeBody({ label }));
  await sandbox.settled();
  const filter = (id: number) => sandbox.machines.look(`linode-${id}`)?.firewall;
  return { ...sandbox, filter };
}

describe("/networking/firewalls", () => {
  it("keeps its rules as they were given and puts them before its Linodes", async () => {
    const { ask, settled, filter } = await withLinodes("web");
    const made = await ask("POST", "/v4/networking/firewalls", {
      label: "web",
      rules: {
        ...rules,
        inbound: [
          ssh,
          { action: "DROP", protocol: "UDP", ports: "53, 8000-9000" },
          { action: "ACCEPT", protocol: "ICMP" },
        ],
      },
      tags: ["one-tag"],
      devices: { linodes: [ID] },
    });
    expect(made.status).toBe(200);
    expect(made.body).toEqual({
      id: FIREWALL,
      label: "web",
      created: "2026-11-21T12:00:00",
      updated: "2026-11-21T12:00:00",
      status: "enabled",
      rules: {
        inbound: [
          ssh,
          { action: "DROP", protocol: "UDP", ports: "53, 8000-9000" },
          { action: "ACCEPT", protocol: "ICMP" },
        ],
        inbound_policy: "DROP",
        outbound: null,
        outbound_policy: "ACCEPT",
        version: 1,
        fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
      tags: ["one-tag"],
      entities: [{ id: ID, type: "linode", label: "web", url: `/v4/linode/instances/${ID}`, parent_entity: null }],
    });
    await settled();
    expect(filter(ID)).toEqual({
      inbound: [
        { protocol: "tcp", ports: "22", networks, action: "accept" },
        { protocol: "udp", ports: "53", networks, action: "drop" },
        { protocol: "udp", ports: "8000-9000", networks, action: "drop" },
        { protocol: "icmp", ports: "all", networks, action: "accept" },
      ],
      outbound: [],
      otherwise: { inbound: "drop", outbound: "accept" },
    });
    expect((await ask("GET", `/v4/linode/instances/${ID}/firewalls`)).body.data).toEqual([made.body]);
  });

  it("covers a Linode that is made with it, from its first packet", async () => {
    const { ask, settled, filter } = await withLinodes();
    await ask("POST", "/v4/networking/firewalls", { label: "web", rules });
    await ask("POST", "/v4/linode/instances", linodeBody({ firewall_id: FIREWALL }));
    await settled();
    expect(filter(ID)?.otherwise?.inbound).toBe("drop");
    const linode = {
      label: "new-way",
      interface_generation: "linode",
      interfaces: [{ public: {}, firewall_id: FIREWALL }],
    };
    await ask("POST", "/v4/linode/instances", linodeBody(linode));
    await settled();
    expect(filter(ID + 1)?.otherwise?.inbound).toBe("drop");
  });

  it("has its rules replaced, counts them, and is turned off and on", async () => {
    const { ask, settled, filter } = await withLinodes("web");
    const made = await ask("POST", "/v4/networking/firewalls", { label: "web", rules, devices: { linodes: [ID] } });
    const put = await ask("PUT", `${path}/rules`, { ...rules, inbound: [], inbound_policy: "ACCEPT" });
    expect(put.body).toMatchObject({ inbound: [], inbound_policy: "ACCEPT", version: 2 });
    expect(put.body.fingerprint).not.toBe(made.body.rules.fingerprint);
    expect(filter(ID)).toEqual({ inbound: [], outbound: [], otherwise: { inbound: "accept", outbound: "accept" } });
    expect((await ask("PUT", path, { status: "disabled", label: "off-now" })).body).toMatchObject({
      status: "disabled",
      label: "off-now",
    });
    await settled();
    expect(filter(ID)).toBeUndefined();
    await ask("PUT", path, { status: "enabled" });
    await settled();
    expect(filter(ID)).toBeDefined();
    expect((await ask("DELETE", path)).body).toEqual({});
    await settled();
    expect(filter(ID)).toBeUndefined();
    expect((await ask("GET", path)).status).toBe(404);
    const actions = (await ask("GET", "/v4/account/events")).body.data.map(({ action }: { action: string }) => action);
    expect(actions.slice(0, 6)).toEqual([
      "firewall_delete",
      "firewall_enable",
      "firewall_disable",
      "firewall_rules_update",
      "firewall_device_add",
      "firewall_create",
    ]);
  });

  it("takes devices and gives them up; one firewall in force is enough for a Linode", async () => {
    const { ask, settled, filter } = await withLinodes("web", "db");
    await ask("POST", "/v4/networking/firewalls", { label: "web", rules });
    await ask("POST", "/v4/networking/firewalls", { label: "second", rules });
    const device = await ask("POST", `${path}/devices`, { type: "linode", id: ID });
    const entity = { id: ID, type: "linode", label: "web", url: `/v4/linode/instances/${ID}`, parent_entity: null };
    const times = { created: "2026-11-21T12:00:00", updated: "2026-11-21T12:00:00" };
    expect(device.body).toEqual({ id: 11900001, ...times, entity });
    await settled();
    expect([filter(ID) === undefined, filter(ID + 1) === undefined]).toEqual([false, true]);
    const again = await ask("POST", `/v4/networking/firewalls/${FIREWALL + 1}/devices`, { type: "linode", id: ID });
    expect([again.status, again.body.errors[0].reason]).toEqual([
      400,
      `Linode ${ID} already has an enabled Cloud Firewall: ${FIREWALL}`,
    ]);
    expect((await ask("POST", `${path}/devices`, { type: "linode", id: 99999 })).body.errors).toEqual([
      { reason: "Invalid Linode ID 99999", field: "id" },
    ]);
    expect((await ask("POST", `${path}/devices`, { type: "nodebalancer", id: 1 })).status).toBe(501);
    expect((await ask("GET", `${path}/devices`)).body.data).toEqual([device.body]);
    expect((await ask("GET", `${path}/devices/${device.body.id}`)).body).toEqual(device.body);
    expect((await ask("DELETE", `${path}/devices/${device.body.id}`)).body).toEqual({});
    await settled();
    expect(filter(ID)).toBeUndefined();
    expect((await ask("DELETE", `${path}/devices/${device.body.id}`)).status).toBe(404);
  });

  it("lets a deleted Linode go", async () => {
    const { ask, settled } = await withLinodes("web");
    await ask("POST", "/v4/networking/firewalls", { label: "web", rules, devices: { linodes: [ID] } });
    await ask("DELETE", `/v4/linode/instances/${ID}`);
    expect((await ask("GET", path)).body.entities).toEqual([]);
    await settled();
    expect((await ask("GET", `${path}/devices`)).body.data).toEqual([]);
  });

  it("tries again at the next boot when a machine refused its rules", async () => {
    const { ask, settled, machines, lines, filter } = await withLinodes("web");
    machines.breakMachine(`linode-${ID}`, "nft: syntax error");
    await ask("POST", "/v4/networking/firewalls", { label: "web", rules, devices: { linodes: [ID] } });
    await settled();
    expect(lines).toEqual([`firewall of linode-${ID} failed: nft: syntax error`]);
    machines.breakMachine(`linode-${ID}`);
    await ask("POST", `/v4/linode/instances/${ID}/reboot`);
    await settled();
    expect(filter(ID)?.inbound).toHaveLength(1);
  });

  const inbound = (change: Record<string, unknown>) => ({ rules: { ...rules, inbound: [{ ...ssh, ...change }] } });
  it.each([
    [{ label: "1web" }, "Must begin with a letter", "label"],
    [{ label: "ab" }, "Length must be 3-32 characters", "label"],
    [{ label: "taken" }, "Label must be unique among your Cloud Firewalls", "label"],
    [{ rules: undefined }, "rules is required", "rules"],
    [{ rules: { outbound_policy: "DROP" } }, "inbound_policy is required", "rules.inbound_policy"],
    [{ rules: { ...rules, inbound_policy: "REJECT" } }, "Must be one of ACCEPT, DROP", "rules.inbound_policy"],
    [inbound({ protocol: "SCTP" }), "Must be one of TCP, UDP, ICMP, IPENCAP", "rules.inbound[0].protocol"],
    [
      inbound({ addresses: { ipv4: ["192.0.2.1"] } }),
      "Must be an IPv4 address in IP/mask format",
      "rules.inbound[0].addresses.ipv4[0]",
    ],
    [
      inbound({ addresses: { ipv6: ["10.0.0.0/8"] } }),
      "Must be an IPv6 address in IP/mask format",
      "rules.inbound[0].addresses.ipv6[0]",
    ],
    [inbound({ protocol: "ICMP" }), "Ports are not allowed with ICMP", "rules.inbound[0].ports"],
    [inbound({ ports: "443-80" }), "Ranges must start with the smaller port", "rules.inbound[0].ports"],
    [
      inbound({ ports: "http" }),
      "Ports must be 1-65535, with commas between and ranges such as 80-443",
      "rules.inbound[0].ports",
    ],
    [
      inbound({ ports: "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16" }),
      "Number of ports and range ends must be 15 at most",
      "rules.inbound[0].ports",
    ],
    [{ devices: { linodes: [5] } }, "Invalid Linode ID 5", "devices.linodes"],
  ])("refuses %j", async (changes, reason, field) => {
    const { ask } = testSandbox();
    await ask("POST", "/v4/networking/firewalls", { label: "taken", rules });
    const got = await ask("POST", "/v4/networking/firewalls", { label: "web", rules, ...changes });
    expect([got.status, got.body.errors]).toEqual([400, [{ reason, field }]]);
    expect((await ask("GET", "/v4/networking/firewalls")).body.results).toBe(1);
  });
});
