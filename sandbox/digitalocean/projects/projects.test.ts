import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

describe("/v2/projects", () => {
  it("is made, changed, holds resources, and goes when it is empty", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    const made = await ask("POST", "/v2/projects", { name: "app", purpose: "Shop", environment: "production" });
    const { id } = made.body.project;
    expect([made.status, made.body.project]).toMatchObject([
      201,
      { name: "app", description: "", purpose: "Other: Shop", environment: "Production", is_default: false },
    ]);
    const urn = "do:droplet:530000001";
    const resource = (status: string) => ({
      urn,
      assigned_at: "2026-11-21T12:00:00Z",
      links: { self: "http://localhost/v2/droplets/530000001" },
      status,
    });
    expect((await ask("GET", "/v2/projects/default/resources")).body.resources).toEqual([resource("ok")]);
    const assigned = await ask("POST", `/v2/projects/${id}/resources`, { resources: [urn] });
    expect([assigned.status, assigned.body.resources]).toEqual([200, [resource("assigned")]]);
    expect((await ask("GET", `/v2/projects/${id}/resources`)).body.resources).toEqual([resource("ok")]);
    expect((await ask("GET", "/v2/projects/default/resources")).body.resources).toEqual([]);
    const kept = await ask("DELETE", `/v2/projects/${id}`);
    expect([kept.status, kept.body.message]).toEqual([
      412,
      "cannot delete a project with resources. move or remove the resources first",
    ]);
    await ask("POST", "/v2/projects/default/resources", { resources: [urn] });
    expect((await ask("PATCH", `/v2/projects/${id}`, { description: "d" })).body.project.description).toBe("d");
    expect((await ask("DELETE", `/v2/projects/${id}`)).status).toBe(204);
    expect((await ask("GET", `/v2/projects/${id}`)).status).toBe(404);
    expect((await ask("GET", "/v2/projects")).body.projects).toMatchObject([{ is_default: true }]);
  });

  it("refuses a name twice, an unknown resource, and to delete the default project", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/projects", { name: "app", purpose: "IoT" });
    const statuses = [
      await ask("POST", "/v2/projects", { name: "app", purpose: "IoT" }),
      await ask("POST", "/v2/projects/default/resources", { resources: ["do:droplet:1"] }),
      await ask("DELETE", "/v2/projects/default"),
      await ask("POST", "/v2/projects", { name: "x", purpose: "IoT", environment: "lab" }),
    ].map((got) => got.status);
    expect(statuses).toEqual([409, 422, 412, 422]);
  });
});
