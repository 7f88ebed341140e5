import { describe, expect, it } from "vitest";
import { linodeBody, testSandbox } from "../testing";

describe("the API's surroundings", () => {
  it("asks for a token, but not for what there is to choose from", async () => {
    const { app } = testSandbox();
    for (const headers of [{}, { authorization: "Bearer " }, { authorization: "Basic YTpi" }]) {
      const response = await app.request("/v4/profile", { headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ errors: [{ reason: "Invalid Token" }] });
    }
    for (const path of ["/v4/regions", "/v4/linode/types/g6-nanode-1", "/v4beta/images"]) {
      expect((await app.request(path)).status).toBe(200);
    }
    expect((await app.request("/v4/linode/instances")).status).toBe(401);
  });

  it("tells the rate limit with every answer, and when it begins anew", async () => {
    const { ask } = testSandbox();
    const first = await ask("GET", "/v4/profile");
    const second = await ask("GET", "/v4beta/nothing");
    const told = (headers: Headers) =>
      ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"].map((name) =>
        headers.get(name),
      );
    expect(told(first.headers)).toEqual(["1840", "1839", "1795262460", "60"]);
    expect(told(second.headers)).toEqual(["1840", "1838", "1795262460", "60"]);
    await ask("POST", "/_sandbox/clock/advance", { seconds: 50 });
    expect(told((await ask("GET", "/v4/profile")).headers)).toEqual(["1840", "1837", "1795262460", "10"]);
    await ask("POST", "/_sandbox/clock/advance", { seconds: 10 });
    expect(told((await ask("GET", "/v4/profile")).headers)).toEqual(["1840", "1839", "1795262520", "60"]);
  });

  it("says loudly what it does not know, and remembers it", async () => {
    const { ask, lines } = testSandbox();
    const got = await ask("POST", "/v4/nodebalancers?x=1");
    expect([got.status, got.body]).toEqual([
      501,
      {
        errors: [
          { reason: "the sandbox does not know POST /v4/nodebalancers; add it in sandbox/linode/nodebalancers" },
        ],
      },
    ]);
    await ask("GET", "/v4/databases/mysql/instances");
    // Beside what is known by its number there are routes of the real API that have a name there.
    expect((await ask("GET", "/v4/networking/firewalls/templates")).status).toBe(501);
    expect((await ask("GET", "/v4/networking/firewalls/5")).status).toBe(404);
    expect((await ask("GET", "/_sandbox/uncovered")).body.uncovered).toEqual([
      { method: "POST", path: "/v4/nodebalancers", count: 1 },
      { method: "GET", path: "/v4/databases/mysql/instances", count: 1 },
      { method: "GET", path: "/v4/networking/firewalls/templates", count: 1 },
    ]);
    expect(lines).toEqual([
      "not covered: POST /v4/nodebalancers",
      "not covered: GET /v4/databases/mysql/instances",
      "not covered: GET /v4/networking/firewalls/templates",
    ]);
  });

  it.each([
    [{ kind: "status", status: 401 }, 401, "Invalid Token", null],
    [{ kind: "status", status: 403 }, 403, "Unauthorized", null],
    [{ kind: "status", status: 429, retryAfter: 7 }, 429, "Too many requests", "7"],
    [{ kind: "status", status: 503 }, 503, "An error occurred", null],
  ])("answers the fault %j in its own words, and makes nothing", async (fault, status, reason, retryAfter) => {
    const { ask } = testSandbox();
    await ask("POST", "/_sandbox/faults", { ...fault, path: "/v4/linode/*", method: "POST", times: 1 });
    const got = await ask("POST", "/v4/linode/instances", linodeBody());
    expect([got.status, got.body]).toEqual([status, { errors: [{ reason }] }]);
    if (retryAfter !== null) expect(got.headers.get("retry-after")).toBe(retryAfter);
    expect((await ask("GET", "/v4/linode/instances")).body.data).toEqual([]);
    expect((await ask("POST", "/v4/linode/instances", linodeBody())).status).toBe(200);
  });

  it("makes the change and loses the reply: the next order is refused by its label", async () => {
    const { ask, settled } = testSandbox();
    await ask("POST", "/_sandbox/faults", { kind: "lost", path: "/v4/linode/instances", method: "POST", times: 1 });
    expect((await ask("POST", "/v4/linode/instances", linodeBody())).headers.get("x-sandbox-fault")).toBe("lost");
    const again = await ask("POST", "/v4/linode/instances", linodeBody());
    expect([again.status, again.body.errors]).toEqual([
      400,
      [{ reason: "Label must be unique among your linodes", field: "label" }],
    ]);
    await settled();
    expect((await ask("GET", "/_sandbox/requests")).body.requests.at(-1)).toMatchObject({
      path: "/v4/linode/instances",
      status: 400,
    });
  });

  it("pages lists and refuses sizes it does not give", async () => {
    const { ask } = testSandbox();
    const { body } = await ask("GET", "/v4/regions?page_size=25&page=2");
    expect([body.data.length, body.page, body.pages, body.results]).toEqual([9, 2, 2, 34]);
    expect((await ask("GET", "/v4/linode/types?page=100")).body).toEqual({
      data: [],
      page: 100,
      pages: 1,
      results: 13,
    });
    expect((await ask("GET", "/v4/domains")).body).toEqual({ data: [], page: 1, pages: 1, results: 0 });
    for (const size of ["1", "501", "many"]) {
      const got = await ask("GET", `/v4/regions?page_size=${size}`);
      expect([got.status, got.body]).toEqual([400, { errors: [{ reason: "Must be 25-500", field: "page_size" }] }]);
    }
    expect((await ask("GET", "/v4/regions?page=0")).status).toBe(400);
  });

  it("filters and orders by the header", async () => {
    const { app } = testSandbox();
    const ask = async (filter: string) => {
      const response = await app.request("/v4/regions", { headers: { "X-Filter": filter } });
      return (await response.json()) as { data?: { id: string }[]; errors?: unknown };
    };
    const { data } = await ask('{"country":"de","+order_by":"country"}');
    expect(data?.map(({ id }) => id)).toEqual(["de-fra-2", "eu-central"]);
    expect(await ask('{"foo":"bar"}')).toEqual({ errors: [{ reason: "Cannot filter on foo", field: "X-Filter" }] });
  });

  it("names each member that is missing or of the wrong type", async () => {
    const { ask, app } = testSandbox();
    expect((await ask("POST", "/v4/linode/instances", { label: 3, tags: ["ok-tag", "x"] })).body.errors).toEqual([
      { reason: "region is required", field: "region" },
      { reason: "type is required", field: "type" },
      { reason: "Must be of type String", field: "label" },
      { reason: "Length must be 3-50 characters", field: "tags[1]" },
    ]);
    const headers = { authorization: "Bearer t" };
    const response = await app.request("/v4/domains", { method: "POST", headers, body: "{" });
    expect([response.status, await response.json()]).toEqual([400, { errors: [{ reason: "Invalid JSON" }] }]);
  });

  it("knows its user and its account", async () => {
    const { ask } = testSandbox();
    expect((await ask("GET", "/v4/profile")).body).toMatchObject({ username: "slipway", restricted: false });
    expect((await ask("GET", "/v4/account")).body).toMatchObject({ email: "slipway@example.com" });
    expect((await ask("GET", "/v4/account/settings")).body).toMatchObject({ network_helper: true });
    expect((await ask("GET", "/v4/profile/grants")).status).toBe(204);
  });
});
