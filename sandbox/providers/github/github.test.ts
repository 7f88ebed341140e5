import { describe, expect, it } from "vitest";
import { KEY, type TestSandbox } from "../../testing";
import { testCloud } from "../testCloud";
import { driver, type Held, keptCall } from "../testing";
import type { Properties } from "../wire";
import { github } from "./github";

let sandbox: TestSandbox;
let numbers: { readonly repository: number; readonly ada: number; readonly ops: number };
const plugin = github();
const of = (type: string) => driver(plugin, `github:index/${type}`);
const ask = (name: string, inputs: Properties) =>
  plugin.functions?.[`github:index/${name}:${name}`]?.(inputs, keptCall().call);

testCloud(
  (url) => plugin.configure?.({ baseUrl: `${url}/`, token: "a-token", owner: "acme", retryDelayMs: 1 }),
  (fresh) => {
    sandbox = fresh;
  },
);

async function seeded(): Promise<void> {
  await sandbox.ask("PUT", "/_sandbox/github/repositories/acme/notes", { users: ["ada"], teams: ["ops"] });
  const id = async (path: string) => (await sandbox.ask("GET", path)).body.id;
  numbers = {
    repository: await id("/repos/acme/notes"),
    ada: await id("/users/ada"),
    ops: await id("/orgs/acme/teams/ops"),
  };
}

async function environment(inputs: Properties = {}): Promise<Held> {
  return of("repositoryEnvironment:RepositoryEnvironment").create({ ...PROD, ...inputs });
}

const PROD = { repository: "notes", environment: "prod" };

/** Makes, compares, refreshes, changes and removes; returns what was made. */
async function lifeOf(type: string, inputs: Properties): Promise<Held> {
  const resource = of(type);
  const held = await resource.create(inputs);
  expect(resource.diff(held, inputs).parts).toEqual({});
  const read = await resource.read(held);
  expect(read?.outputs).toEqual(held.outputs);
  expect(resource.diff(read ?? held, inputs).parts).toEqual({});
  await resource.delete(held);
  expect(await resource.read(held)).toBeUndefined();
  await resource.delete(held);
  return held;
}

describe("RepositoryEnvironment", () => {
  it("lives, with all of its protection", async () => {
    await seeded();
    const { id, outputs } = await lifeOf("repositoryEnvironment:RepositoryEnvironment", {
      repository: "notes",
      environment: "a:b",
      waitTimer: 5,
      preventSelfReview: true,
      reviewers: [{ users: [numbers.ada], teams: [numbers.ops] }],
      deploymentBranchPolicy: { customBranchPolicies: true, protectedBranches: false },
    });
    expect(id).toBe("notes:a:b");
    expect(outputs).toEqual({
      repository: "notes",
      repositoryId: numbers.repository,
      environment: "a:b",
      canAdminsBypass: true,
      preventSelfReview: true,
      waitTimer: 5,
      reviewers: [{ users: [numbers.ada], teams: [numbers.ops] }],
      deploymentBranchPolicy: { customBranchPolicies: true, protectedBranches: false },
    });
  });

  it("loses what is asked for no more", async () => {
    await seeded();
    const held = await environment({ waitTimer: 5, reviewers: [{ users: [numbers.ada] }] });
    const resource = of("repositoryEnvironment:RepositoryEnvironment");
    expect(Object.keys(resource.diff(held, PROD).parts)).toEqual(["reviewers", "waitTimer"]);
    const changed = await resource.update(held, PROD);
    expect(changed.outputs).toEqual({
      ...PROD,
      repositoryId: numbers.repository,
      canAdminsBypass: true,
      preventSelfReview: false,
    });
    expect(resource.diff(held, { ...PROD, environment: "other" }).replaces).toEqual(["environment"]);
  });
});

describe("RepositoryEnvironmentDeploymentPolicy", () => {
  it("lives, and changes in place", async () => {
    await seeded();
    await environment({ deploymentBranchPolicy: { customBranchPolicies: true, protectedBranches: false } });
    const type = "repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy";
    const { id } = await lifeOf(type, { ...PROD, branchPattern: "main" });
    expect(id).toMatch(/^notes:prod:\d+$/);
    await lifeOf(type, { ...PROD, tagPattern: "v*" });
    const held = await of(type).create({ ...PROD, branchPattern: "main" });
    const changed = await of(type).update(held, { ...PROD, branchPattern: "release/*" });
    expect([changed.outputs.policyId, changed.outputs.branchPattern]).toEqual([held.outputs.policyId, "release/*"]);
  });
});

describe("ActionsEnvironmentSecret", () => {
  const type = "actionsEnvironmentSecret:ActionsEnvironmentSecret";
  const asked = { ...PROD, secretName: "SECRET_KEY", value: "between us\n" };
  const job = async () =>
    (await sandbox.ask("GET", "/_sandbox/github/repositories/acme/notes/job?environment=prod")).body.secrets;

  it("lives, sealed for the repository", async () => {
    await seeded();
    await environment();
    await lifeOf(type, asked);
    const held = await of(type).create(asked);
    expect(held.id).toBe("notes:prod:SECRET_KEY");
    expect(await job()).toEqual({ SECRET_KEY: "between us\n" });
    await of(type).update(held, { ...asked, value: "new" });
    expect(await job()).toEqual({ SECRET_KEY: "new" });
    const requests = (await sandbox.ask("GET", "/_sandbox/requests")).body.requests;
    expect(JSON.stringify(requests)).not.toContain("between us");
  });

  it("that somebody changed by hand has another date, and asks for nothing", async () => {
    await seeded();
    await environment();
    const held = await of(type).create(asked);
    await sandbox.ask("POST", "/_sandbox/clock/advance", { seconds: 60 });
    const other = await of(type).create({ ...asked, value: "by hand" });
    const read = (await of(type).read(held)) as Held;
    expect(read.outputs.updatedAt).toBe(held.outputs.updatedAt);
    expect(read.outputs.remoteUpdatedAt).toBe(other.outputs.updatedAt);
    expect(of(type).diff(read, asked).parts).toEqual({});
    await of(type).delete(read);
    await of(type).create(asked);
    expect(await job()).toEqual({ SECRET_KEY: "between us\n" });
  });

  it("refuses names that GitHub refuses", async () => {
    await expect(of(type).create({ ...asked, secretName: "GITHUB_X" })).rejects.toThrow(
      "secret names must not start with the GITHUB_ prefix",
    );
    await expect(of(type).create({ ...asked, secretName: "1" })).rejects.toThrow("must not start with a number");
    await expect(of(type).create({ ...PROD, secretName: "A" })).rejects.toThrow("'value' must be given");
  });
});

describe("ActionsEnvironmentVariable", () => {
  it("lives, and changes in place", async () => {
    await seeded();
    await environment();
    const type = "actionsEnvironmentVariable:ActionsEnvironmentVariable";
    const asked = { ...PROD, variableName: "SLIPWAY_HOST", value: "192.0.2.1" };
    expect((await lifeOf(type, asked)).id).toBe("notes:prod:SLIPWAY_HOST");
    const held = await of(type).create(asked);
    const changed = await of(type).update(held, { ...asked, value: "192.0.2.2" });
    expect(changed.outputs.value).toBe("192.0.2.2");
    expect(of(type).diff(changed, asked).replaces).toEqual([]);
  });
});

describe("RepositoryDeployKey", () => {
  it("lives, without its comment", async () => {
    await seeded();
    const asked = { repository: "notes", title: "slipway", key: KEY.publicKey };
    const { id, outputs } = await lifeOf("repositoryDeployKey:RepositoryDeployKey", asked);
    expect(id).toMatch(/^notes:\d+$/);
    expect(outputs).toMatchObject({ readOnly: true, key: KEY.publicKey.split(" ").slice(0, 2).join(" ") });
  });
});

describe("look-ups", () => {
  it("find a repository, a person and a team, and say so where there is none", async () => {
    await seeded();
    expect(await ask("getRepository", { fullName: "acme/notes" })).toMatchObject({ repoId: numbers.repository });
    expect(await ask("getRepository", { fullName: "acme/none" })).toEqual({ fullName: "acme/none", id: "" });
    expect(await ask("getUser", { username: "ada" })).toMatchObject({ id: String(numbers.ada) });
    expect(await ask("getTeam", { slug: "ops", summaryOnly: true })).toMatchObject({ id: String(numbers.ops) });
    await expect(ask("getUser", { username: "nobody" })).rejects.toThrow(/users\/nobody: 404 Not Found \[\]$/);
    await expect(ask("getTeam", { slug: "none", summaryOnly: true })).rejects.toThrow(/404 Not Found/);
  });
});

describe("the API", () => {
  it("is asked again where that helps, and its refusals are told as go-github tells them", async () => {
    await seeded();
    const fault = (status: number, times: number) =>
      sandbox.ask("POST", "/_sandbox/faults", { kind: "status", status, path: "/api/v3/**", method: "PUT", times });
    await fault(502, 2);
    expect((await environment()).id).toBe("notes:prod");
    await fault(403, 1);
    await expect(environment()).rejects.toThrow(
      /^PUT http:.*\/api\/v3\/repos\/acme\/notes\/environments\/prod: 403 Resource not accessible by personal access token \[\]$/,
    );
    const key = { repository: "notes", title: "a", key: KEY.publicKey };
    await of("repositoryDeployKey:RepositoryDeployKey").create(key);
    await expect(of("repositoryDeployKey:RepositoryDeployKey").create(key)).rejects.toThrow(
      "422 Validation Failed [{Resource:PublicKey Field:key Code:custom Message:key is already in use}]",
    );
  });
});
