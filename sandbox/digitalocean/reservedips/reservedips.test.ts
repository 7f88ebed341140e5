import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

const ID = 530000001;
const IP = "10.213.0.200";

describe("/v2/reserved_ips", () => {
  it("is reserved for a region, moved between droplets, and given back", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody({ name: undefined, names: ["a", "b"] }));
    await settled();
    const extra = (id: number) => machines.look(`droplet-${id}`)?.extraAddresses;
    const made = await ask("POST", "/v2/reserved_ips", { region: "fra1" });
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({
      reserved_ip: { ip: IP, droplet: null, locked: false, region: { slug: "fra1" } },
      links: {},
    });

    const release = machines.hold();
    const assigned = await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "assign", droplet_id: ID });
    expect([assigned.status, assigned.body.action]).toMatchObject([
      201,
      { type: "assign_ip", status: "in-progress", resource_type: "reserved_ip", resource_id: 181731528 },
    ]);
    expect((await ask("GET", `/v2/reserved_ips/${IP}`)).body.reserved_ip).toMatchObject({
      droplet: null,
      locked: true,
    });
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.locked).toBe(true);
    const busy = await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "unassign" });
    expect(busy.status).toBe(422);
    release();
    await settled();
    const action = await ask("GET", `/v2/reserved_ips/${IP}/actions/${assigned.body.action.id}`);
    expect(action.body.action.status).toBe("completed");
    expect((await ask("GET", `/v2/reserved_ips/${IP}`)).body.reserved_ip).toMatchObject({
      droplet: { id: ID },
      locked: false,
    });
    expect(extra(ID)).toEqual([IP]);

    await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "assign", droplet_id: ID + 1 });
    await settled();
    expect([extra(ID), extra(ID + 1)]).toEqual([[], [IP]]);
    await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "unassign" });
    await settled();
    expect(extra(ID + 1)).toEqual([]);
    const again = await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "unassign" });
    expect(again.status).toBe(422);
    expect((await ask("GET", `/v2/reserved_ips/${IP}/actions`)).body.meta.total).toBe(3);
    expect((await ask("DELETE", `/v2/reserved_ips/${IP}`)).status).toBe(204);
    expect((await ask("GET", `/v2/reserved_ips/${IP}`)).status).toBe(404);
    expect((await ask("GET", "/v2/reserved_ips")).body.meta.total).toBe(0);
  });

  it("is reserved for a droplet at once, and taken off it when deleted", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    const made = await ask("POST", "/v2/reserved_ips", { droplet_id: ID });
    expect(made.body.links).toEqual({
      droplets: [{ id: ID, rel: "droplet", href: `http://localhost/v2/droplets/${ID}` }],
      actions: [{ id: 2900000002, rel: "assign_ip", href: "http://localhost/v2/actions/2900000002" }],
    });
    await settled();
    expect(machines.look(`droplet-${ID}`)?.extraAddresses).toEqual([IP]);
    await ask("DELETE", `/v2/reserved_ips/${IP}`);
    await settled();
    expect(machines.look(`droplet-${ID}`)?.extraAddresses).toEqual([]);
  });

  it("stays where it was when the machine refuses it", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    await ask("POST", "/v2/reserved_ips", { region: "fra1" });
    await settled();
    machines.breakMachine(`droplet-${ID}`, "no");
    await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "assign", droplet_id: ID });
    await settled();
    expect((await ask("GET", "/v2/actions/2900000002")).body.action.status).toBe("errored");
    expect((await ask("GET", `/v2/reserved_ips/${IP}`)).body.reserved_ip).toMatchObject({
      droplet: null,
      locked: false,
    });
  });

  it("refuses what cannot be", async () => {
    const { ask, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    await ask("POST", "/v2/reserved_ips", { region: "nyc3" });
    await settled();
    const statuses = [
      await ask("POST", "/v2/reserved_ips", {}),
      await ask("POST", "/v2/reserved_ips", { droplet_id: 1 }),
      await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "assign", droplet_id: ID }),
      await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "assign", droplet_id: 1 }),
      await ask("POST", `/v2/reserved_ips/${IP}/actions`, { type: "fly" }),
      await ask("GET", "/v2/reserved_ips/10.213.0.222"),
    ].map((got) => got.status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 404]);
  });
});
