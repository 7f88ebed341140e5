import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

const none = { count: 0 };

describe("/v2/tags", () => {
  it("is made once, whatever the capitals, and counts what bears it", async () => {
    const { ask, settled } = testSandbox();
    const empty = { count: 0, droplets: none, images: none, volumes: none, volume_snapshots: none, databases: none };
    const made = await ask("POST", "/v2/tags", { name: "App" });
    expect([made.status, made.body]).toEqual([201, { tag: { name: "App", resources: empty } }]);
    expect((await ask("POST", "/v2/tags", { name: "app" })).body.tag.name).toBe("App");
    await ask("POST", "/v2/droplets", dropletBody({ tags: ["app"] }));
    const { id } = (await ask("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 })).body.volume;
    const resources = [{ resource_id: id, resource_type: "volume" }];
    expect((await ask("POST", "/v2/tags/app/resources", { resources })).status).toBe(204);
    expect((await ask("GET", "/v2/tags/APP")).body.tag).toEqual({
      name: "App",
      resources: {
        ...empty,
        count: 2,
        last_tagged_uri: "http://localhost/v2/droplets/530000001",
        droplets: { count: 1, last_tagged_uri: "http://localhost/v2/droplets/530000001" },
        volumes: { count: 1, last_tagged_uri: `http://localhost/v2/volumes/${id}` },
      },
    });
    expect((await ask("DELETE", "/v2/tags/app/resources", { resources })).status).toBe(204);
    expect((await ask("GET", `/v2/volumes/${id}`)).body.volume.tags).toEqual([]);
    expect((await ask("DELETE", "/v2/tags/app")).status).toBe(204);
    expect((await ask("GET", "/v2/tags/app")).status).toBe(404);
    await settled();
    expect((await ask("GET", "/v2/droplets/530000001")).body.droplet.tags).toEqual([]);
  });

  it("refuses bad names, unknown things and unknown tags", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/tags", { name: "a" });
    const resource = (kind: string) => ({ resources: [{ resource_id: "1", resource_type: kind }] });
    const statuses = [
      await ask("POST", "/v2/tags", { name: "a b" }),
      await ask("POST", "/v2/tags/a/resources", resource("droplet")),
      await ask("POST", "/v2/tags/a/resources", resource("image")),
      await ask("POST", "/v2/tags/a/resources", resource("ship")),
      await ask("POST", "/v2/tags/a/resources", { resources: [] }),
      await ask("POST", "/v2/tags/b/resources", resource("droplet")),
      await ask("DELETE", "/v2/tags/b"),
    ].map((got) => got.status);
    expect(statuses).toEqual([422, 404, 501, 422, 422, 404, 404]);
    expect((await ask("GET", "/v2/tags")).body.meta.total).toBe(1);
  });
});
