/** From a repository with nothing in it to a release by what its workflow would read there: no value is pasted by hand. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registryLogin } from "../../sandbox/registry/registry";
import { slotOf } from "../../sandbox/slot";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(24);
const { server } = slotOf({ SLIPWAY_SANDBOX_SLOT: "24" }).registry;
const ENVIRONMENT = "/api/v3/repos/acme/notes/environments/live";
let url: string;

/** What a job in the environment reads. */
interface Job {
  readonly secrets: Record<string, string>;
  readonly variables: Record<string, string>;
}

async function job(): Promise<Job> {
  return (await stack.cloud("/_sandbox/github/repositories/acme/notes/job?environment=live")) as unknown as Job;
}

beforeAll(async () => {
  await stack.verb("down");
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:ci"], { apps: ["notes"] });
    settings.setIn(["config", "slipway:github"], {
      repository: "acme/notes",
      environment: "live",
      reviewers: { users: ["ada"], teams: ["ops"] },
      branches: ["main"],
      selfReview: false,
      deployKey: "read",
      names: { host: "secrets.SWARM_MANAGER_IP", user: "secrets.SSH_USER", key: "SSH_PRIVATE_KEY" },
      secrets: {
        SECRET_KEY: "notes.SECRET_KEY",
        DB_NAME: "notes.database.name",
        DATABASE_URL: "notes.database.url",
        REGISTRY_PASSWORD: "registry.password",
      },
      variables: { PROCESS: "web" },
    });
  });
  url = (await stack.up()).url;
});
afterAll(() => stack.remove());

/** A file that ssh takes for a key. @returns its path */
function place(name: string, text = ""): string {
  const path = join(stack.folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
}

/** Releases as the workflow does, with nothing but what its job reads. */
async function release({ secrets, variables }: Job, image: string) {
  const key = place("key", secrets.SSH_PRIVATE_KEY);
  const hosts = place("known_hosts", variables.SLIPWAY_KNOWN_HOSTS);
  const login = { server, username: registryLogin.username, password: secrets.REGISTRY_PASSWORD };
  return execa(
    "ssh",
    [
      ...["-F", "none", "-i", key, "-p", variables.SLIPWAY_PORT ?? "", "-o", `UserKnownHostsFile=${hosts}`],
      ...["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes"],
      `${secrets.SSH_USER}@${secrets.SWARM_MANAGER_IP}`,
      `slipway release notes --image ${variables.PROCESS}=${image} --login --commit abc --actor ada`,
    ],
    { input: JSON.stringify(login), reject: false, all: true },
  );
}

/** Pushes an image that differs from the stack's by a label. */
async function another(password = ""): Promise<string> {
  const first = (await stack.output<{ notes: { images: { web: string } } }>("releases")).notes.images.web;
  const docker = (args: string[], input: string) =>
    execa("docker", ["--config", join(stack.folder, "docker"), ...args], { input });
  await docker(["login", "--username", registryLogin.username, "--password-stdin", server], password);
  const tag = `${server}/notes:by-ci`;
  await docker(["build", "--quiet", "--tag", tag, "-"], `FROM ${first}\nLABEL by=ci\n`);
  const { stdout } = await docker(["push", tag], "");
  return `${server}/notes@${/sha256:[0-9a-f]{64}/.exec(stdout)?.[0]}`;
}

/** Sets a secret as a person does on GitHub's page. */
async function setByHand(name: string, value: string): Promise<void> {
  const { key, key_id } = (await stack.cloud(`${ENVIRONMENT}/secrets/public-key`)) as unknown as Record<string, string>;
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const sealed = Buffer.from(sodium.crypto_box_seal(value, Buffer.from(key ?? "", "base64"))).toString("base64");
  const response = await fetch(`${stack.api}${ENVIRONMENT}/secrets/${name}`, {
    method: "PUT",
    headers: { authorization: "Bearer somebody" },
    body: JSON.stringify({ encrypted_value: sealed, key_id }),
  });
  expect(response.status).toBe(204);
}

describe("the environment", () => {
  it("holds what was asked for under the names that were asked for, and nothing else", async () => {
    const { secrets, variables } = await job();
    expect(Object.keys(secrets).sort()).toEqual([
      "DATABASE_URL",
      "DB_NAME",
      "REGISTRY_PASSWORD",
      "SECRET_KEY",
      "SLIPWAY_DEPLOY_KEY",
      "SSH_PRIVATE_KEY",
      "SSH_USER",
      "SWARM_MANAGER_IP",
    ]);
    expect(Object.keys(variables).sort()).toEqual(["PROCESS", "SLIPWAY_KNOWN_HOSTS", "SLIPWAY_PORT"]);
    expect(secrets.DB_NAME).toBe("notes");
    const running = await stack.sh("docker inspect $(docker ps -q --filter name=notes) | grep -o 'SECRET_KEY=[^\"]*'");
    expect(running.all).toContain(`SECRET_KEY=${secrets.SECRET_KEY}`);
    const [key] = (await stack.cloud("/api/v3/repos/acme/notes/keys")) as unknown as {
      key: string;
      read_only: boolean;
    }[];
    const half = await execa("ssh-keygen", ["-y", "-f", place("git", secrets.SLIPWAY_DEPLOY_KEY)]);
    expect([half.stdout.split(" ").slice(0, 2).join(" "), true]).toEqual([key?.key, key?.read_only]);
  });

  it("is protected as asked", async () => {
    const { protection_rules, deployment_branch_policy } = await stack.cloud(ENVIRONMENT);
    expect(deployment_branch_policy).toEqual({ protected_branches: false, custom_branch_policies: true });
    expect(protection_rules).toMatchObject([
      {
        type: "required_reviewers",
        prevent_self_review: true,
        reviewers: [{ reviewer: { slug: "ops" } }, { reviewer: { login: "ada" } }],
      },
      { type: "branch_policy" },
    ]);
    const { branch_policies } = await stack.cloud(`${ENVIRONMENT}/deployment-branch-policies`);
    expect(branch_policies).toMatchObject([{ name: "main", type: "branch" }]);
  });

  it("is left alone by a second run, and none of its values stands in the state in clear", async () => {
    expect((await stack.up()).changes).toBe("0 changes");
    const state = stack.state();
    for (const [name, value] of Object.entries((await job()).secrets)) {
      if (["DB_NAME", "SSH_USER", "SWARM_MANAGER_IP"].includes(name)) continue;
      expect(state.includes(JSON.stringify(value).slice(1, -1)), name).toBe(false);
    }
  });

  it("is all that a workflow needs to release", async () => {
    const read = await job();
    const released = await release(read, await another(read.secrets.REGISTRY_PASSWORD));
    expect(released.exitCode, released.all).toBe(0);
    expect((await ask(url)).status).toBe(200);
  });
});

describe("a value", () => {
  it("that is made anew is in the environment after the same run, and the old one opens nothing", async () => {
    const before = await job();
    const made = ["**-ci-key", "**-deploy-key", "**-secret-SECRET_KEY", "**-database-password"];
    const args = ["up", "--yes", "--skip-preview", "--stack", "dev", ...made.flatMap((one) => ["--replace", one])];
    const rotated = await stack.verb("pulumi", args);
    expect(rotated.exitCode, rotated.all).toBe(0);
    expect((await ask(url)).status).toBe(200);
    const after = await job();
    expect(Object.keys(after.secrets).sort()).toEqual(Object.keys(before.secrets).sort());
    const changed = Object.keys(after.secrets).filter((name) => after.secrets[name] !== before.secrets[name]);
    expect(changed.sort()).toEqual(["DATABASE_URL", "SECRET_KEY", "SLIPWAY_DEPLOY_KEY", "SSH_PRIVATE_KEY"]);
    const image = await another(after.secrets.REGISTRY_PASSWORD);
    expect((await release(before, image)).exitCode).toBe(255);
    expect((await release(after, image)).exitCode).toBe(0);
  });

  it("that GitHub refuses is told in one line that says what to do; the next run sets it, and what was changed by hand", async () => {
    stack.configure((settings) =>
      settings.setIn(["config", "slipway:github", "secrets", "ALSO"], "notes.database.user"),
    );
    const path = "/api/v3/repositories/**";
    await stack.control("POST", "faults", { kind: "status", status: 403, path, method: "PUT" });
    const refused = await stack.verb("up");
    expect(refused.exitCode, refused.all).toBe(1);
    expect(refused.all).toContain("github:token: GitHub did not create ActionsEnvironmentSecret");
    expect(refused.all).toContain("give Environments: read and write");
    await stack.control("DELETE", "faults");
    const before = await job();
    await setByHand("SECRET_KEY", "by hand");
    expect((await job()).secrets.SECRET_KEY).toBe("by hand");
    const again = ["--stack", "dev", "--replace", "**-delivery-secret-*"];
    const mended = await stack.verb("pulumi", ["up", "--yes", "--skip-preview", ...again]);
    expect(mended.exitCode, mended.all).toBe(0);
    expect((await job()).secrets).toEqual({ ...before.secrets, ALSO: "notes" });
  });
});

it("goes with the stack, and nothing of it stays in the repository", async () => {
  const destroyed = await stack.verb("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(destroyed.exitCode, destroyed.all).toBe(0);
  expect((await stack.cloud("/api/v3/repos/acme/notes/environments")).environments).toEqual([]);
  expect(await stack.cloud("/api/v3/repos/acme/notes/keys")).toEqual([]);
});
