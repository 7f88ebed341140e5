import { expect, it } from "vitest";
import { linodeBody, testSandbox } from "../../testing";

const ID = 15700001;
const LINODE = 101000001;
const path = `/v4/volumes/${ID}`;

it("is made, attached, enlarged, detached and deleted, each told by an event", async () => {
  const { ask, settled } = testSandbox();
  await ask("POST", "/v4/linode/instances", linodeBody());
  const made = await ask("POST", "/v4/volumes", { label: "data", region: "de-fra-2", size: 10, tags: null });
  expect(made.body).toEqual({
    id: ID,
    status: "creating",
    label: "data",
    created: "2026-11-21T12:00:00",
    updated: "2026-11-21T12:00:00",
    filesystem_path: "/dev/disk/by-id/scsi-0Linode_Volume_data",
    size: 10,
    linode_id: null,
    linode_label: null,
    io_ready: false,
    region: "de-fra-2",
    tags: [],
    hardware_type: "nvme",
    encryption: "disabled",
    locks: [],
  });
  await settled();
  expect((await ask("GET", path)).body.status).toBe("active");
  await ask("POST", `${path}/attach`, { linode_id: LINODE });
  await settled();
  expect((await ask("GET", path)).body).toMatchObject({ linode_id: LINODE, linode_label: "web" });
  expect((await ask("GET", `/v4/linode/instances/${LINODE}/volumes`)).body.results).toBe(1);
  expect((await ask("DELETE", path)).body.errors).toEqual([
    { reason: "Volume must be detached before it can be deleted" },
  ]);
  const resized = await ask("POST", `${path}/resize`, { size: 20 });
  expect(resized.body).toMatchObject({ status: "resizing", size: 20 });
  await settled();
  expect((await ask("GET", path)).body).toMatchObject({ status: "active", size: 20 });
  await ask("POST", `${path}/detach`);
  await settled();
  expect((await ask("GET", path)).body.linode_id).toBeNull();
  await ask("DELETE", path);
  expect((await ask("GET", path)).status).toBe(404);
  await settled();
  const { data } = (await ask("GET", "/v4/account/events")).body;
  const told = data.filter((event: { entity: { type: string } }) => event.entity.type === "volume");
  expect(told.map((event: { action: string; status: string }) => `${event.action} ${event.status}`)).toEqual([
    "volume_delete finished",
    "volume_detach finished",
    "volume_resize finished",
    "volume_attach finished",
    "volume_create finished",
  ]);
});

it("is a disk of the Linode's machine while it is attached, and is kept until it is deleted", async () => {
  const { ask, settled, machines } = testSandbox();
  await ask("POST", "/v4/linode/instances", linodeBody());
  await settled();
  await ask("POST", "/v4/volumes", { label: "data", linode_id: LINODE });
  await settled();
  const disk = { id: `linode-volume-${ID}`, size: 20, link: "scsi-0Linode_Volume_data" };
  expect(machines.look(`linode-${LINODE}`)?.disks).toEqual([disk]);
  await ask("POST", `${path}/resize`, { size: 30 });
  await settled();
  expect(machines.look(`linode-${LINODE}`)?.disks).toEqual([{ ...disk, size: 30 }]);
  await ask("POST", `${path}/detach`);
  await settled();
  expect(machines.look(`linode-${LINODE}`)?.disks).toEqual([]);
  await ask("DELETE", path);
  await settled();
  expect(await machines.listDisks()).toEqual([]);
});

it("outlives the Linode it was attached to", async () => {
  const { ask, settled } = testSandbox();
  await ask("POST", "/v4/linode/instances", linodeBody());
  expect((await ask("POST", "/v4/volumes", { label: "data", linode_id: LINODE })).body).toMatchObject({
    linode_id: LINODE,
    region: "de-fra-2",
    size: 20,
  });
  await ask("DELETE", `/v4/linode/instances/${LINODE}`);
  await settled();
  expect((await ask("GET", path)).body.linode_id).toBeNull();
});

it.each([
  [{ size: 9 }, "Must be 10-16384", "size"],
  [{ region: undefined }, "Must provide a region or a Linode ID", undefined],
  [{ region: "nowhere" }, "region is not valid", "region"],
  [{ label: "taken" }, "Label must be unique among your Volumes", "label"],
  [{ label: undefined }, "label is required", "label"],
  [{ linode_id: 5 }, "linode_id is not valid", "linode_id"],
])("refuses %j", async (changes, reason, field) => {
  const { ask } = testSandbox();
  await ask("POST", "/v4/volumes", { label: "taken", region: "us-ord" });
  const got = await ask("POST", "/v4/volumes", { label: "data", region: "us-ord", ...changes });
  expect([got.status, got.body]).toEqual([400, { errors: [{ reason, ...(field ? { field } : {}) }] }]);
});
