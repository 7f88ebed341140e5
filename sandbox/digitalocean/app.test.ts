import { describe, expect, it } from "vitest";
import { testSandbox } from "../testing";

describe("the API's surroundings", () => {
  it("asks for a token", async () => {
    const { app } = testSandbox();
    for (const headers of [{}, { authorization: "Bearer " }, { authorization: "Basic YTpi" }]) {
      const response = await app.request("/v2/account", { headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        id: "unauthorized",
        message: "Unable to authenticate you",
        request_id: response.headers.get("x-request-id"),
      });
    }
  });

  it("tells the rate limit and the request's id", async () => {
    const { ask } = testSandbox();
    const first = await ask("GET", "/v2/account");
    const second = await ask("GET", "/v2/nothing");
    const told = (headers: Headers) =>
      ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map((name) => headers.get(name));
    expect(told(first.headers)).toEqual(["5000", "4999", "1795266000"]);
    expect(told(second.headers)).toEqual(["5000", "4998", "1795266000"]);
    expect(first.headers.get("x-request-id")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(second.body.request_id).toBe(second.headers.get("x-request-id"));
    expect(second.body.request_id).not.toBe(first.headers.get("x-request-id"));
  });

  it("says loudly what it does not know, and remembers it", async () => {
    const { ask, lines } = testSandbox();
    const got = await ask("PATCH", "/v2/kubernetes/clusters?x=1");
    expect([got.status, got.body.id, got.body.message]).toEqual([
      501,
      "not_implemented",
      "the sandbox does not know PATCH /v2/kubernetes/clusters; add it in sandbox/digitalocean/kubernetes",
    ]);
    await ask("PATCH", "/v2/kubernetes/clusters");
    await ask("DELETE", "/v2/account");
    expect((await ask("GET", "/v9/linode/types")).status).toBe(501);
    expect((await ask("GET", "/_sandbox/uncovered")).body).toEqual({
      uncovered: [
        { method: "PATCH", path: "/v2/kubernetes/clusters", count: 2 },
        { method: "DELETE", path: "/v2/account", count: 1 },
        { method: "GET", path: "/v9/linode/types", count: 1 },
      ],
    });
    expect(lines).toEqual([
      "not covered: PATCH /v2/kubernetes/clusters",
      "not covered: DELETE /v2/account",
      "not covered: GET /v9/linode/types",
    ]);
  });

  it("refuses a body that is no JSON with 400", async () => {
    const { app } = testSandbox();
    const response = await app.request("/v2/tags", {
      method: "POST",
      headers: { authorization: "Bearer t" },
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ id: "bad_request" });
  });

  it("pages lists", async () => {
    const { ask } = testSandbox();
    for (let number = 1; number <= 5; number += 1) await ask("POST", "/v2/tags", { name: `t${number}` });
    const names = (got: { body: { tags: { name: string }[] } }) => got.body.tags.map((tag) => tag.name);
    const link = (page: number) => `http://localhost/v2/tags?page=${page}&per_page=2`;
    const first = await ask("GET", "/v2/tags?per_page=2");
    expect(names(first)).toEqual(["t1", "t2"]);
    expect(first.body.meta).toEqual({ total: 5 });
    expect(first.body.links).toEqual({
      pages: { next: "http://localhost/v2/tags?per_page=2&page=2", last: "http://localhost/v2/tags?per_page=2&page=3" },
    });
    const second = await ask("GET", "/v2/tags?page=2&per_page=2");
    expect(names(second)).toEqual(["t3", "t4"]);
    expect(second.body.links).toEqual({ pages: { first: link(1), prev: link(1), next: link(3), last: link(3) } });
    const last = await ask("GET", "/v2/tags?page=3&per_page=2");
    expect(names(last)).toEqual(["t5"]);
    expect(last.body.links).toEqual({ pages: { first: link(1), prev: link(2) } });
    expect((await ask("GET", "/v2/tags?page=9")).body.tags).toEqual([]);
    expect((await ask("GET", "/v2/sizes?per_page=1000")).body.links).toEqual({});
    expect((await ask("GET", "/v2/sizes?per_page=-1")).body.sizes).toHaveLength(20);
  });

  it("tells the account, regions, sizes and images", async () => {
    const { ask } = testSandbox();
    expect((await ask("GET", "/v2/account")).body.account).toMatchObject({ droplet_limit: 25, status: "active" });
    const { regions } = (await ask("GET", "/v2/regions")).body;
    expect(regions.map((region: { slug: string }) => region.slug)).toContain("fra1");
    const { sizes } = (await ask("GET", "/v2/sizes?per_page=200")).body;
    expect(sizes.find((size: { slug: string }) => size.slug === "s-2vcpu-4gb")).toMatchObject({
      memory: 4096,
      vcpus: 2,
      disk: 80,
      transfer: 4,
      price_monthly: 24,
      price_hourly: 0.03571,
      available: true,
    });
    expect((await ask("GET", "/v2/images/debian-13-x64")).body.image).toMatchObject({
      slug: "debian-13-x64",
      distribution: "Debian",
      public: true,
    });
    expect((await ask("GET", "/v2/images?private=true")).body.images).toEqual([]);
    expect((await ask("GET", "/v2/images/windows")).status).toBe(404);
  });
});
