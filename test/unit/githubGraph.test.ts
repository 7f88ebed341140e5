/** What a repository is told of a stack, and what is looked up before anything is made. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import type { DatabaseAccess } from "../../infra/database/access";
import type { CiLogin } from "../../infra/host/ciAccess";
import type { Settings } from "../../stacks/settings";
import { readGitHub } from "../../stacks/settings/github";

interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let recorded: Recorded[] = [];
let answers: (token: string, args: Record<string, unknown>) => Record<string, unknown> = () => ({});

beforeEach(() => {
  recorded = [];
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      const keys = { privateKeyOpenssh: `private ${name}\n`, publicKeyOpenssh: `public ${name}\n` };
      return { id: `${name}-id`, state: { ...inputs, ...(type.startsWith("tls:") ? keys : {}) } };
    },
    call: ({ token, inputs }) => answers(token, inputs),
  });
});

const login: CiLogin = {
  host: "203.0.113.7",
  port: 2222,
  user: "deploy",
  knownHosts: "[203.0.113.7]:2222 ssh-ed25519 HOSTKEY\n",
  privateKey: "private ci\n",
};
const database: DatabaseAccess = {
  address: { host: "172.29.0.1", port: 5432, name: "notes", user: "notes" },
  password: "of the database",
  url: "postgres://notes@172.29.0.1/notes",
};

function github(section: object) {
  const { settings, mistakes } = readGitHub(
    { repository: "acme/notes", ...section },
    {
      path: "slipway:github",
      stack: "prod",
      apps: { notes: ["SECRET_KEY"] },
      ci: true,
      secret: () => "of the configuration",
    },
  );
  expect(mistakes).toEqual([]);
  if (!settings) throw new Error("no settings");
  return { ...settings, token: "a-token", baseUrl: "http://127.0.0.1:8480/" };
}

async function made(section: object, ci = true): Promise<void> {
  answers = (token, args) =>
    token.endsWith("getRepository")
      ? { repoId: 7, archived: false }
      : { id: { ada: "12", bob: "11", ops: "5" }[String(args.username ?? args.slug)] };
  const { lookUpGitHub, makeDelivery } = await import("../../stacks/delivery");
  const settings = github(section);
  const access = await lookUpGitHub({ project: "slipway", stack: "prod", github: settings } as Settings);
  if (!access) throw new Error("nothing was looked up");
  makeDelivery("slipway-prod", settings, {
    access,
    registry: { server: "ghcr.io", username: "acme", password: "of the registry" },
    apps: {
      notes: {
        variables: pulumi.secret<Record<string, string>>({ SECRET_KEY: "of the app" }),
        database: pulumi.secret(database),
      },
    },
    ci: ci ? pulumi.secret(login) : undefined,
  });
  await pulumi.runtime.disconnect();
}

const names = () => recorded.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
const only = (name: string) => recorded.find((resource) => resource.name === name)?.inputs ?? {};
const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value ? (value as { value: unknown }).value : value;
/** Values by name, and whether each is one that Pulumi encrypts. */
const values = (type: string, key: string) =>
  Object.fromEntries(
    recorded
      .filter((resource) => resource.type.endsWith(type))
      .map(({ inputs }) => [inputs[key], [plain(inputs.value), typeof inputs.value === "object"]]),
  );

describe("the environment of a repository", () => {
  it("has what CI logs in with, and nothing else unless asked", async () => {
    await made({});
    expect(names()).toEqual([
      "ActionsEnvironmentSecret slipway-prod-delivery-secret-SLIPWAY_KEY",
      "ActionsEnvironmentVariable slipway-prod-delivery-variable-SLIPWAY_HOST",
      "ActionsEnvironmentVariable slipway-prod-delivery-variable-SLIPWAY_KNOWN_HOSTS",
      "ActionsEnvironmentVariable slipway-prod-delivery-variable-SLIPWAY_PORT",
      "ActionsEnvironmentVariable slipway-prod-delivery-variable-SLIPWAY_USER",
      "GitHubEnvironment slipway-prod-delivery",
      "RepositoryEnvironment slipway-prod-delivery-environment",
      "github slipway-prod-github",
    ]);
    expect(only("slipway-prod-delivery-environment")).toEqual({ repository: "notes", environment: "prod" });
    expect(values("ActionsEnvironmentVariable", "variableName")).toEqual({
      SLIPWAY_HOST: ["203.0.113.7", false],
      SLIPWAY_PORT: ["2222", false],
      SLIPWAY_USER: ["deploy", false],
      SLIPWAY_KNOWN_HOSTS: ["[203.0.113.7]:2222 ssh-ed25519 HOSTKEY\n", false],
    });
    expect(values("ActionsEnvironmentSecret", "secretName")).toEqual({ SLIPWAY_KEY: ["private ci\n", true] });
    expect(only("slipway-prod-github")).toMatchObject({ owner: "acme", baseUrl: "http://127.0.0.1:8480/" });
    expect(JSON.stringify(only("slipway-prod-github").token)).not.toBe('"a-token"');
  });

  it("has each secret from where the settings say, under the names that the workflows read", async () => {
    await made({
      names: { host: "secrets.SWARM_MANAGER_IP", key: "SSH_PRIVATE_KEY" },
      secrets: {
        SECRET_KEY: "notes.SECRET_KEY",
        DB_NAME: "notes.database.name",
        DB_PORT: "notes.database.port",
        DB_PASSWORD: "notes.database.password",
        DATABASE_URL: "notes.database.url",
        REGISTRY_PASSWORD: "registry.password",
        PULUMI_CONFIG_PASSPHRASE: "config",
      },
      variables: { LEVEL: 3 },
    });
    expect(values("ActionsEnvironmentSecret", "secretName")).toEqual({
      SWARM_MANAGER_IP: ["203.0.113.7", true],
      SSH_PRIVATE_KEY: ["private ci\n", true],
      SECRET_KEY: ["of the app", true],
      DB_NAME: ["notes", true],
      DB_PORT: ["5432", true],
      DB_PASSWORD: ["of the database", true],
      DATABASE_URL: ["postgres://notes@172.29.0.1/notes", true],
      REGISTRY_PASSWORD: ["of the registry", true],
      PULUMI_CONFIG_PASSPHRASE: ["of the configuration", true],
    });
    expect(values("ActionsEnvironmentVariable", "variableName")).toMatchObject({ LEVEL: ["3", false] });
  });

  it("is protected by ids, and has a key for git where one is asked for", async () => {
    const reviewers = { users: ["ada", "bob"], teams: ["ops"] };
    const section = { reviewers, branches: ["main", "release/*"], wait: 5, selfReview: false, deployKey: "read" };
    await made(section, false);
    expect(only("slipway-prod-delivery-environment")).toEqual({
      repository: "notes",
      environment: "prod",
      waitTimer: 5,
      reviewers: [{ users: [11, 12], teams: [5] }],
      preventSelfReview: true,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
    expect(only("slipway-prod-delivery-branch-release/*")).toEqual({
      repository: "notes",
      environment: "prod",
      branchPattern: "release/*",
    });
    expect(only("slipway-prod-delivery-repository-key")).toEqual({
      repository: "notes",
      title: "slipway-prod",
      readOnly: true,
      key: "public slipway-prod-delivery-deploy-key",
    });
    expect(values("ActionsEnvironmentSecret", "secretName")).toEqual({
      SLIPWAY_DEPLOY_KEY: ["private slipway-prod-delivery-deploy-key\n", true],
    });
  });
});

/** A plugin's error as it comes from the engine: what went wrong is in its details. */
function failed(details: string): Error {
  return Object.assign(new Error(details), { details });
}

describe("what GitHub does not know", () => {
  async function refusal(section: object, reply: typeof answers): Promise<string> {
    answers = reply;
    const { lookUpGitHub } = await import("../../stacks/delivery");
    const settings = { project: "slipway", stack: "prod", github: github(section) } as Settings;
    const error = await lookUpGitHub(settings).then(
      () => undefined,
      (failure: Error) => failure,
    );
    await pulumi.runtime.disconnect();
    expect(names()).toEqual(["github slipway-prod-github"]);
    return error?.message ?? "";
  }
  const fails = (text: string) => () => {
    throw failed(text);
  };

  it.each([
    ["no repository", () => ({ id: "" }), "slipway:github.repository: GitHub has no repository acme/notes that"],
    ["an archived one", () => ({ repoId: 7, archived: true }), "slipway:github.repository: acme/notes is archived"],
    ["a bad token", fails("GET http://x/repos/a/b: 401 Bad credentials []"), "github:token: GitHub does not take it"],
    ["a weak one", fails("GET http://x/repos/a/b: 403 Resource not accessible []"), "github:token: it may not do this"],
    ["a limit", fails("GET http://x/repos/a/b: 403 API rate limit exceeded []"), "github:token: too many requests"],
    [
      "no answer",
      fails("invocation of github:index/x:y returned an error: GET http://x: connect ECONNREFUSED"),
      "slipway:github: GitHub could not be asked (GET http://x: connect",
    ],
  ])("is told before anything is made: %s", async (_, reply, text) => {
    const message = await refusal({}, reply);
    expect(message).toContain(text);
    expect(message).toContain("1 mistake in the settings of stack prod; nothing was changed");
  });

  it("is told of every reviewer at once", async () => {
    const message = await refusal({ reviewers: { users: ["ada", "eve"], teams: ["none"] } }, (token, { username }) => {
      if (token.endsWith("getRepository")) return { repoId: 7, archived: false };
      if (username === "ada") return { id: "12" };
      throw failed("GET http://127.0.0.1:8480/api/v3/x: 404 Not Found []");
    });
    expect(message).toContain("2 mistakes");
    expect(message).toContain("slipway:github.reviewers.users: GitHub has no user eve");
    expect(message).toContain("slipway:github.reviewers.teams: acme has no team none that this token may see");
  });
});
