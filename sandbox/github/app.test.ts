import { describe, expect, it } from "vitest";
import { testSandbox } from "../testing";
import { testGitHub } from "./testing";

const SEED = "/_sandbox/github/repositories/acme/notes";
const DOCS = "https://docs.github.com/rest";

describe("the API's surroundings", () => {
  it("asks for a token", async () => {
    const { app } = testSandbox();
    const ask = async (headers: Record<string, string>) => {
      const response = await app.request("/api/v3/user", { headers });
      return [response.status, ((await response.json()) as { message?: string; login?: string }).message];
    };
    expect(await ask({})).toEqual([401, "Requires authentication"]);
    expect(await ask({ authorization: "Bearer " })).toEqual([401, "Bad credentials"]);
    expect(await ask({ authorization: "token x" })).toEqual([200, undefined]);
    expect(await ask({ authorization: `Basic ${Buffer.from("me:x").toString("base64")}` })).toEqual([200, undefined]);
  });

  it("answers at the top, too, for clients that know one host", async () => {
    const { ask } = await testGitHub();
    expect((await ask("GET", "/repos/acme/notes")).body).toEqual((await ask("GET", "/api/v3/repos/acme/notes")).body);
    expect((await ask("GET", "/_sandbox/requests")).body.requests.map(({ path }: { path: string }) => path)).toEqual([
      "/repos/acme/notes",
      "/api/v3/repos/acme/notes",
    ]);
  });

  it("tells the rate limit, and what has not changed since", async () => {
    const { ask } = await testGitHub();
    const first = await ask("GET", "/repos/acme/notes");
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\/"[0-9a-f]{64}"$/);
    expect(first.headers.get("x-ratelimit-remaining")).toBe("4999");
    expect(first.headers.get("x-ratelimit-reset")).toBe("1795266000");
    const again = await ask("GET", "/repos/acme/notes", undefined, { "if-none-match": tag });
    expect([again.status, again.body, again.headers.get("etag")]).toEqual([304, undefined, tag]);
    await ask("PUT", SEED, { archived: true });
    expect((await ask("GET", "/repos/acme/notes", undefined, { "if-none-match": tag })).status).toBe(200);
  });

  it("says loudly what it does not know", async () => {
    const { ask, lines } = await testGitHub();
    const got = await ask("POST", "/api/v3/repos/acme/notes/hooks");
    expect([got.status, got.body.message]).toEqual([
      501,
      "the sandbox does not know POST /api/v3/repos/acme/notes/hooks; add it in sandbox/github",
    ]);
    expect(lines).toEqual(["not covered: POST /api/v3/repos/acme/notes/hooks"]);
  });

  it.each([
    [401, "Bad credentials"],
    [403, "Resource not accessible by personal access token"],
    [429, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."],
    [500, "Server Error"],
  ])("answers the fault %i in its own words", async (status, message) => {
    const { ask } = await testGitHub();
    await ask("POST", "/_sandbox/faults", { kind: "status", status, path: "/api/v3/**", retryAfter: 3, times: 1 });
    const got = await ask("GET", "/api/v3/user");
    expect([got.status, got.body]).toEqual([status, { message, documentation_url: DOCS, status: String(status) }]);
    expect(got.headers.get("retry-after")).toBe("3");
  });

  it("refuses what is no JSON object, and tells every member that is wrong", async () => {
    const { app, ask } = await testGitHub();
    const send = async (body: string) => {
      const path = "/api/v3/repos/acme/notes/environments/prod";
      const response = await app.request(path, { method: "PUT", body, headers: { authorization: "Bearer x" } });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    expect(await send("{")).toEqual([400, "Problems parsing JSON"]);
    expect(await send("[]")).toEqual([400, "Body should be a JSON object"]);
    expect(await send('{"wait_timer":"1","reviewers":[{"type":"User"}]}')).toEqual([
      422,
      `Invalid request.\n\nFor 'properties/wait_timer', "1" is not a number.\n"id" wasn't supplied.`,
    ]);
    expect((await ask("GET", "/api/v3/repos/acme/notes/environments")).body.total_count).toBe(0);
  });

  it("keeps its records over a restart", async () => {
    const before = await testGitHub();
    await before.ask("PUT", "/api/v3/repos/acme/notes/environments/prod", {});
    const after = testSandbox(undefined, before.deps);
    await after.restore();
    expect((await after.ask("GET", "/repos/acme/notes/environments/prod")).body.id).toBe(8_900_000_001);
    await after.ask("POST", "/_sandbox/reset", {});
    expect((await after.ask("GET", "/repos/acme/notes")).status).toBe(404);
  });
});

describe("tokens that may do less", () => {
  it("name the permission that lacks, and hide what they may not see", async () => {
    const { ask, as } = await testGitHub();
    await ask("PUT", "/_sandbox/github/tokens/weak", {
      permissions: { environments: "read", actions: "read" },
      repositories: ["acme/notes"],
    });
    await ask("PUT", "/_sandbox/github/repositories/acme/other", {});
    await ask("PUT", "/repos/acme/notes/environments/prod", {});
    const weak = as("weak");
    const prod = { owner: "acme", repo: "notes", environment_name: "prod" };
    expect((await weak.actions.getEnvironmentPublicKey(prod)).status).toBe(200);
    await expect(weak.actions.createEnvironmentVariable({ ...prod, name: "A", value: "1" })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by personal access token"),
      response: { headers: { "x-accepted-github-permissions": "environments=write" } },
    });
    await expect(weak.repos.get({ owner: "acme", repo: "other" })).rejects.toMatchObject({ status: 404 });
  });

  it("change nothing in an archived repository", async () => {
    const { octokit } = await testGitHub({ archived: true });
    const asked = { owner: "acme", repo: "notes", environment_name: "prod" };
    await expect(octokit.repos.createOrUpdateEnvironment(asked)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("archived so is read-only"),
    });
  });
});
