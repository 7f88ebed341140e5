import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

const ID = 530000001;
const data = { name: "data", region: "fra1", size_gigabytes: 10 };

describe("/v2/volumes", () => {
  it("is made, found by name, attached, enlarged, detached and deleted", async () => {
    const { ask, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    const made = await ask("POST", "/v2/volumes", { ...data, filesystem_type: "ext4", tags: ["keep"] });
    const { id } = made.body.volume;
    expect([made.status, made.body.volume]).toMatchObject([
      201,
      {
        region: { slug: "fra1" },
        droplet_ids: [],
        name: "data",
        description: "",
        size_gigabytes: 10,
        created_at: "2026-11-21T12:00:00Z",
        filesystem_type: "ext4",
        filesystem_label: "",
        tags: ["keep"],
      },
    ]);
    expect((await ask("GET", "/v2/volumes?name=data&region=fra1")).body.meta.total).toBe(1);
    expect((await ask("GET", "/v2/volumes?name=data&region=nyc3")).body.volumes).toEqual([]);

    const act = async (body: Record<string, unknown>) => {
      const got = await ask("POST", `/v2/volumes/${id}/actions`, body);
      await settled();
      return got;
    };
    const attached = await act({ type: "attach", droplet_id: ID });
    expect([attached.status, attached.body.action]).toMatchObject([
      202,
      { type: "attach_volume", status: "in-progress", resource_id: null, resource_type: "backend" },
    ]);
    expect((await ask("GET", `/v2/volumes/${id}`)).body.volume.droplet_ids).toEqual([ID]);
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.volume_ids).toEqual([id]);
    const kept = await ask("DELETE", `/v2/volumes/${id}`);
    expect([kept.status, kept.body.id]).toEqual([409, "conflict"]);
    await act({ type: "resize", size_gigabytes: 20 });
    expect((await act({ type: "resize", size_gigabytes: 15 })).status).toBe(422);
    expect((await ask("GET", `/v2/volumes/${id}`)).body.volume.size_gigabytes).toBe(20);
    await act({ type: "detach", droplet_id: ID });
    expect((await act({ type: "detach", droplet_id: ID })).status).toBe(404);
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.volume_ids).toEqual([]);
    expect((await ask("GET", `/v2/volumes/${id}/actions`)).body.meta.total).toBe(3);
    expect((await ask("DELETE", `/v2/volumes/${id}`)).status).toBe(204);
    expect((await ask("GET", `/v2/volumes/${id}`)).status).toBe(404);
  });

  it("is attached to a new droplet, and by name", async () => {
    const { ask, settled } = testSandbox();
    const { id } = (await ask("POST", "/v2/volumes", data)).body.volume;
    await ask("POST", "/v2/volumes", { ...data, name: "more" });
    await ask("POST", "/v2/droplets", dropletBody({ volumes: [{ id }] }));
    await settled();
    const more = { volume_name: "more", region: "fra1", droplet_id: ID };
    expect((await ask("POST", "/v2/volumes/actions", { ...more, type: "attach" })).status).toBe(202);
    await settled();
    expect((await ask("GET", `/v2/droplets/${ID}`)).body.droplet.volume_ids).toHaveLength(2);
    expect((await ask("POST", "/v2/volumes/actions", { ...more, type: "detach" })).status).toBe(202);
    await settled();
    expect((await ask("DELETE", "/v2/volumes?name=more&region=fra1")).status).toBe(204);
    expect((await ask("DELETE", "/v2/volumes?name=more&region=fra1")).status).toBe(404);
  });

  it("refuses what cannot be", async () => {
    const { ask, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody({ region: "nyc3" }));
    const { id } = (await ask("POST", "/v2/volumes", data)).body.volume;
    await settled();
    const statuses = [
      await ask("POST", "/v2/volumes", data),
      await ask("POST", "/v2/volumes", { ...data, name: "Bad" }),
      await ask("POST", "/v2/volumes", { ...data, name: "x", region: "mars" }),
      await ask("POST", "/v2/volumes", { ...data, name: "x", size_gigabytes: 0 }),
      await ask("POST", "/v2/volumes", { ...data, name: "x", snapshot_id: "s" }),
      await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: ID }),
      await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: 1 }),
      await ask("POST", `/v2/volumes/${id}/snapshots`, { name: "x" }),
    ].map((got) => got.status);
    expect(statuses).toEqual([409, 422, 422, 422, 501, 422, 404, 501]);
  });
});
