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

  it("is a disk of the droplet's machine while it is attached, and is kept until it is deleted", async () => {
    const { ask, settled, machines } = testSandbox();
    const { id } = (await ask("POST", "/v2/volumes", { ...data, filesystem_type: "ext4" })).body.volume;
    expect(await machines.listDisks()).toEqual([]);
    await ask("POST", "/v2/droplets", dropletBody({ volumes: [id] }));
    await settled();
    const disk = { id: `volume-${id}`, size: 10, link: "scsi-0DO_Volume_data", fileSystem: "ext4", label: "" };
    expect(machines.look(`droplet-${ID}`)?.order.disks).toEqual([disk]);
    const act = async (body: Record<string, unknown>) => {
      await ask("POST", `/v2/volumes/${id}/actions`, body);
      await settled();
    };
    await act({ type: "resize", size_gigabytes: 20 });
    expect(machines.look(`droplet-${ID}`)?.disks).toEqual([{ ...disk, size: 20 }]);
    await act({ type: "detach", droplet_id: ID });
    expect(machines.look(`droplet-${ID}`)?.disks).toEqual([]);
    await act({ type: "attach", droplet_id: ID });
    await ask("DELETE", `/v2/droplets/${ID}`);
    await settled();
    expect(await machines.listDisks()).toEqual([`volume-${id}`]);
    expect((await ask("DELETE", `/v2/volumes/${id}`)).status).toBe(204);
    expect(await machines.listDisks()).toEqual([]);
  });

  it("that a machine does not take is not attached", async () => {
    const { ask, settled, machines } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    const { id } = (await ask("POST", "/v2/volumes", data)).body.volume;
    await settled();
    machines.breakMachine(`droplet-${ID}`, "no loop devices");
    const { action } = (await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: ID })).body;
    await settled();
    expect((await ask("GET", `/v2/actions/${action.id}`)).body.action.status).toBe("errored");
    expect((await ask("GET", `/v2/volumes/${id}`)).body.volume.droplet_ids).toEqual([]);
    machines.breakMachine(`droplet-${ID}`);
    await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: ID });
    await settled();
    expect(machines.look(`droplet-${ID}`)?.disks).toHaveLength(1);
  });

  it("goes with a reset", async () => {
    const { ask, settled, machines } = testSandbox();
    const { id } = (await ask("POST", "/v2/volumes", data)).body.volume;
    await ask("POST", "/v2/droplets", dropletBody({ volumes: [id] }));
    await settled();
    await ask("POST", "/_sandbox/reset");
    expect(await machines.listDisks()).toEqual([]);
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
      await ask("POST", "/v2/volumes", { ...data, name: "x", filesystem_type: "xfs" }),
      await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: ID }),
      await ask("POST", `/v2/volumes/${id}/actions`, { type: "attach", droplet_id: 1 }),
      await ask("POST", `/v2/volumes/${id}/snapshots`, { name: "x" }),
    ].map((got) => got.status);
    expect(statuses).toEqual([409, 422, 422, 422, 501, 501, 422, 404, 501]);
  });
});
