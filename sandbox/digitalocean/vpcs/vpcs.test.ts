import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../../testing";

describe("/v2/vpcs", () => {
  it("is made, changed and deleted when nothing is in it", async () => {
    const { ask, settled } = testSandbox();
    const made = await ask("POST", "/v2/vpcs", { name: "app", region: "fra1", description: "d" });
    const { id } = made.body.vpc;
    const vpc = {
      id,
      urn: `do:vpc:${id}`,
      name: "app",
      description: "d",
      region: "fra1",
      ip_range: "10.100.0.0/20",
      created_at: "2026-11-21T12:00:00Z",
      default: false,
    };
    expect([made.status, made.body]).toEqual([201, { vpc }]);
    const second = await ask("POST", "/v2/vpcs", { name: "other", region: "fra1" });
    expect(second.body.vpc.ip_range).toBe("10.100.16.0/20");
    await ask("POST", "/v2/droplets", dropletBody({ vpc_uuid: id }));
    await settled();
    const held = await ask("DELETE", `/v2/vpcs/${id}`);
    expect([held.status, held.body.id]).toEqual([403, "forbidden"]);
    expect((await ask("GET", `/v2/vpcs/${id}/members`)).body).toEqual({
      members: [{ name: "web", urn: "do:droplet:530000001", created_at: "2026-11-21T12:00:00Z" }],
      links: {},
      meta: { total: 1 },
    });
    await ask("DELETE", "/v2/droplets/530000001");
    await settled();
    const changed = await ask("PATCH", `/v2/vpcs/${id}`, { name: "renamed" });
    expect(changed.body.vpc).toEqual({ ...vpc, name: "renamed" });
    expect((await ask("PUT", `/v2/vpcs/${id}`, { name: "app" })).body.vpc).toEqual({ ...vpc, description: "" });
    expect((await ask("DELETE", `/v2/vpcs/${id}`)).status).toBe(204);
    expect((await ask("GET", `/v2/vpcs/${id}`)).status).toBe(404);
  });

  it("keeps the default network of a region", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody());
    const [vpc] = (await ask("GET", "/v2/vpcs")).body.vpcs;
    expect(vpc).toMatchObject({ name: "default-fra1", default: true, ip_range: "10.213.0.0/24" });
    expect((await ask("DELETE", `/v2/vpcs/${vpc.id}`)).status).toBe(403);
  });

  it.each([
    [{ region: "mars" }, "region is invalid"],
    [{ ip_range: "10.0.0.0/8" }, "ip_range must have a size between /16 and /28"],
    [{ ip_range: "8.8.0.0/20" }, "ip_range must be within the private ranges of RFC 1918"],
    [{ ip_range: "10.10.1.0/24" }, "This range/size overlaps with another VPC network in your account"],
    [{ ip_range: "ten" }, "ip_range is not a valid CIDR block"],
    [{ name: "taken" }, "a VPC with that name already exists"],
    [{ name: "a b" }, "name: Name may only contain alphanumeric characters, dashes and periods"],
  ])("refuses %j", async (changes, message) => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/vpcs", { name: "taken", region: "fra1", ip_range: "10.10.0.0/20" });
    const got = await ask("POST", "/v2/vpcs", { name: "new", region: "fra1", ...changes });
    expect([got.status, got.body.message]).toEqual([422, message]);
    expect((await ask("GET", "/v2/vpcs")).body.meta.total).toBe(1);
  });
});
