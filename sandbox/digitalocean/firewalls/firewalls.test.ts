import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

const ID = 530000001;
const everyone = { addresses: ["0.0.0.0/0", "::/0"] };
const ssh = { protocol: "tcp", ports: "22", sources: everyone };
const out = { protocol: "tcp", ports: "all", destinations: everyone };

async function withDroplets(...names: string[]) {
  const sandbox = testSandbox();
  for (const name of names) await sandbox.ask("POST", "/v2/droplets", dropletBody({ name, tags: [`only-${name}`] }));
  await sandbox.settled();
  const filter = (id: number) => sandbox.machines.look(`droplet-${id}`)?.firewall;
  return { ...sandbox, filter };
}

describe("/v2/firewalls", () => {
  it("is waiting until the machine has the rules, and succeeded then", async () => {
    const { ask, machines, settled, filter } = await withDroplets("a");
    const release = machines.hold();
    const made = await ask("POST", "/v2/firewalls", {
      name: "web",
      inbound_rules: [ssh, { protocol: "icmp", sources: everyone }],
      outbound_rules: [out],
      droplet_ids: [ID],
      tags: null,
    });
    expect(made.status).toBe(202);
    const firewall = {
      id: made.body.firewall.id,
      name: "web",
      status: "waiting",
      inbound_rules: [ssh, { protocol: "icmp", ports: "0", sources: everyone }],
      outbound_rules: [{ ...out, ports: "0" }],
      created_at: "2026-11-21T12:00:00Z",
      droplet_ids: [ID],
      tags: [],
      pending_changes: [{ droplet_id: ID, removing: false, status: "waiting" }],
    };
    expect(made.body.firewall).toEqual(firewall);
    const read = ask("GET", `/v2/firewalls/${firewall.id}`);
    release();
    expect((await read).body.firewall).toEqual({ ...firewall, status: "succeeded", pending_changes: [] });
    await settled();
    expect(filter(ID)).toEqual({
      inbound: [
        { protocol: "tcp", ports: "22", networks: ["0.0.0.0/0", "::/0"] },
        { protocol: "icmp", ports: "all", networks: ["0.0.0.0/0", "::/0"] },
      ],
      outbound: [{ protocol: "tcp", ports: "all", networks: ["0.0.0.0/0", "::/0"] }],
    });
    expect((await ask("GET", `/v2/droplets/${ID}/firewalls`)).body.firewalls.length).toBe(1);
  });

  it("adds up over several firewalls and opens everything when the last is gone", async () => {
    const { ask, settled, filter } = await withDroplets("a");
    const one = await ask("POST", "/v2/firewalls", { name: "one", inbound_rules: [ssh], droplet_ids: [ID] });
    const http = { protocol: "tcp", ports: "80", sources: { addresses: ["192.0.2.7"] } };
    const two = await ask("POST", "/v2/firewalls", { name: "two", inbound_rules: [http], tags: ["only-a"] });
    await settled();
    expect(filter(ID)).toEqual({
      inbound: [
        { protocol: "tcp", ports: "22", networks: ["0.0.0.0/0", "::/0"] },
        { protocol: "tcp", ports: "80", networks: ["192.0.2.7"] },
      ],
      outbound: [],
    });
    await ask("DELETE", `/v2/firewalls/${one.body.firewall.id}`);
    await settled();
    expect(filter(ID)?.inbound).toEqual([{ protocol: "tcp", ports: "80", networks: ["192.0.2.7"] }]);
    expect((await ask("DELETE", `/v2/firewalls/${two.body.firewall.id}`)).status).toBe(204);
    await settled();
    expect(filter(ID)).toBeUndefined();
    expect((await ask("GET", `/v2/firewalls/${two.body.firewall.id}`)).status).toBe(404);
  });

  it("covers a droplet that comes with a tag, from the start", async () => {
    const { ask, settled, filter } = await withDroplets();
    await ask("POST", "/v2/tags", { name: "app" });
    const made = await ask("POST", "/v2/firewalls", { name: "app", inbound_rules: [ssh], tags: ["app"] });
    expect(made.body.firewall).toMatchObject({ status: "succeeded", pending_changes: [], tags: ["app"] });
    await ask("POST", "/v2/droplets", dropletBody({ tags: ["App"] }));
    await settled();
    expect(filter(ID)?.inbound).toEqual([{ protocol: "tcp", ports: "22", networks: ["0.0.0.0/0", "::/0"] }]);
    await ask("DELETE", "/v2/tags/app/resources", {
      resources: [{ resource_id: String(ID), resource_type: "droplet" }],
    });
    await settled();
    expect(filter(ID)).toBeUndefined();
    await ask("POST", "/v2/tags/app/resources", { resources: [{ resource_id: String(ID), resource_type: "droplet" }] });
    await settled();
    expect(filter(ID)?.inbound).toHaveLength(1);
    await ask("DELETE", "/v2/tags/app");
    await settled();
    expect(filter(ID)).toBeUndefined();
    expect((await ask("GET", "/v2/firewalls")).body.firewalls).toMatchObject([{ tags: [] }]);
  });

  it("resolves peers that are droplets or tags, and follows them", async () => {
    const { ask, settled, filter } = await withDroplets("db", "web");
    const peers = { droplet_ids: [ID + 1], tags: ["only-web"], addresses: ["192.0.2.0/24"] };
    await ask("POST", "/v2/firewalls", {
      name: "db",
      inbound_rules: [{ protocol: "tcp", ports: "5432", sources: peers }],
      droplet_ids: [ID],
    });
    await settled();
    expect(filter(ID)?.inbound).toEqual([
      { protocol: "tcp", ports: "5432", networks: ["192.0.2.0/24", "10.213.0.11"] },
    ]);
    await ask("POST", "/v2/droplets", dropletBody({ name: "web2", tags: ["only-web"] }));
    await settled();
    expect(filter(ID)?.inbound[0]?.networks).toEqual(["192.0.2.0/24", "10.213.0.11", "10.213.0.12"]);
    await ask("DELETE", `/v2/droplets/${ID + 1}`);
    await settled();
    expect(filter(ID)?.inbound[0]?.networks).toEqual(["192.0.2.0/24", "10.213.0.12"]);
  });

  it("is edited by its sub-resources and replaced by PUT", async () => {
    const { ask, settled, filter } = await withDroplets("a", "b");
    const made = await ask("POST", "/v2/firewalls", { name: "web", inbound_rules: [ssh] });
    const path = `/v2/firewalls/${made.body.firewall.id}`;
    const look = async () => (await ask("GET", path)).body.firewall;
    expect((await ask("POST", `${path}/droplets`, { droplet_ids: [ID, ID + 1] })).status).toBe(204);
    expect((await ask("DELETE", `${path}/droplets`, { droplet_ids: [ID + 1] })).status).toBe(204);
    expect((await ask("POST", `${path}/tags`, { tags: ["only-b"] })).status).toBe(204);
    expect((await ask("POST", `${path}/rules`, { outbound_rules: [out] })).status).toBe(204);
    expect(await look()).toMatchObject({
      droplet_ids: [ID],
      tags: ["only-b"],
      outbound_rules: [{ ...out, ports: "0" }],
    });
    await settled();
    expect(filter(ID + 1)?.outbound).toHaveLength(1);
    await ask("DELETE", `${path}/rules`, { inbound_rules: [ssh], outbound_rules: [{ ...out, ports: "0" }] });
    await ask("DELETE", `${path}/tags`, { tags: ["only-b"] });
    expect(await look()).toMatchObject({ tags: [], inbound_rules: [], outbound_rules: [] });
    await settled();
    expect(filter(ID)).toEqual({ inbound: [], outbound: [] });
    expect(filter(ID + 1)).toBeUndefined();
    const put = await ask("PUT", path, { name: "renamed", inbound_rules: [ssh], droplet_ids: [ID + 1] });
    expect([put.status, put.body.firewall.name]).toEqual([200, "renamed"]);
    expect(put.body.firewall.pending_changes).toEqual([
      { droplet_id: ID, removing: true, status: "waiting" },
      { droplet_id: ID + 1, removing: false, status: "waiting" },
    ]);
    await settled();
    expect(filter(ID)).toBeUndefined();
    expect(filter(ID + 1)?.inbound).toHaveLength(1);
  });

  it("is failed when a machine refuses its rules, until one is taken", async () => {
    const { ask, settled, machines, lines } = await withDroplets("a");
    machines.breakMachine(`droplet-${ID}`, "nft: syntax error");
    const made = await ask("POST", "/v2/firewalls", { name: "web", inbound_rules: [ssh], droplet_ids: [ID] });
    const path = `/v2/firewalls/${made.body.firewall.id}`;
    await settled();
    expect((await ask("GET", path)).body.firewall).toMatchObject({ status: "failed", pending_changes: [] });
    expect(lines).toEqual([`firewall of droplet-${ID} failed: nft: syntax error`]);
    machines.breakMachine(`droplet-${ID}`);
    await ask("PUT", path, { name: "web", inbound_rules: [ssh], droplet_ids: [ID] });
    expect((await ask("GET", path)).body.firewall).toMatchObject({ status: "succeeded" });
  });

  it.each([
    [{ name: "a b" }, 422, "name: name must begin alphanumeric and hold only alphanumerics, dashes and periods"],
    [{ inbound_rules: [] }, 422, "at least one rule is required"],
    [{ inbound_rules: [{ ...ssh, protocol: "sctp" }] }, 422, 'protocol "sctp" is invalid: one of tcp, udp, icmp'],
    [
      { inbound_rules: [{ ...ssh, ports: "90-80" }] },
      422,
      'ports "90-80" is invalid: a port, a range such as 8000-9000, or all',
    ],
    [
      { inbound_rules: [{ ...ssh, ports: "70000" }] },
      422,
      'ports "70000" is invalid: a port, a range such as 8000-9000, or all',
    ],
    [{ inbound_rules: [{ ...ssh, sources: { addresses: ["office"] } }] }, 422, 'invalid address "office"'],
    [{ tags: ["nope"] }, 422, 'tag "nope" does not exist'],
    [{ droplet_ids: [1] }, 422, "droplet 1 does not exist"],
    [{ name: "taken" }, 409, "duplicate name"],
    [
      { inbound_rules: [{ ...ssh, sources: { load_balancer_uids: ["x"] } }] },
      501,
      "a limit of the sandbox: firewall rules by load_balancer_uids, for it has none",
    ],
  ])("refuses %j", async (changes, status, message) => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/firewalls", { name: "taken", inbound_rules: [ssh] });
    const got = await ask("POST", "/v2/firewalls", { name: "web", inbound_rules: [ssh], ...changes });
    expect([got.status, got.body.message]).toEqual([status, message]);
    expect((await ask("GET", "/v2/firewalls")).body.meta.total).toBe(1);
  });
});
