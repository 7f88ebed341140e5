/**
 * The workflow files' own steps in their order, from a pull request to a push that is live, with nothing but what the job's environment
 * holds: on a state of a team's own, against the emulated GitHub and a real machine.
 */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registryLogin } from "../../sandbox/registry/registry";
import { type JobRun, runJob } from "../support/actions";
import { readWorkflow } from "../support/workflows";
import { OwnState } from "./support/ownState";
import { ask, TestStack } from "./support/stack";

const slot = 25;
const sandbox = new TestStack(slot);
const team = new OwnState("staging");
const registry = `10.213.${slot}.2:5000`;
const repository = "acme/notes";
const passphrase = "of this test";
let pull: number;
let site: string;

const settings = (size = "s-1vcpu-2gb") => ({
  "digitalocean:apiEndpoint": sandbox.api,
  "slipway:host": { provider: "digitalocean", region: "fra1", size, sshFrom: ["10.213.0.0/16"] },
  "slipway:registry": { server: registry, username: registryLogin.username },
  "slipway:tls": { mode: "off" },
  "slipway:ci": { apps: ["notes"] },
  "slipway:previews": { domain: "previews.localhost" },
  "github:baseUrl": `${sandbox.api}/`,
  "slipway:github": {
    repository,
    branches: ["main", "refs/pull/*/merge"],
    secrets: { PULUMI_CONFIG_PASSPHRASE: "config" },
    variables: { PULUMI_BACKEND_URL: `file://${team.folder}` },
  },
  "slipway:apps": {
    notes: {
      folder: sandbox.app,
      routes: ["notes.localhost"],
      build: { args: { BASE: "slipway-sandbox/python:3.13" } },
      env: { DJANGO_ALLOWED_HOSTS: "notes.localhost" },
      secrets: { SECRET_KEY: "generate" },
      limits: { watch: 1 },
    },
  },
});
let secrets: Record<string, unknown> = {};
const configure = (size?: string) => team.configure({ ...settings(size), ...secrets });

/** A job of a workflow's, as it would run for the pull request or the push. */
async function job(file: string, name: string, { cwd = process.cwd(), contexts = {} } = {}): Promise<JobRun> {
  const found = readWorkflow(file).jobs[name];
  if (!found) throw new Error(`${file} has no job ${name}`);
  const read = (await sandbox.cloud(
    `/_sandbox/github/repositories/${repository}/job?environment=staging`,
  )) as unknown as { secrets: Record<string, string>; variables: Record<string, string> };
  return runJob(found, {
    cwd,
    contexts: {
      github: {
        event: { number: pull },
        token: "a-token",
        actor: "ada",
        repository,
        sha: "0".repeat(40),
        server_url: "https://github.test",
        run_id: "1",
      },
      secrets: read.secrets,
      vars: read.variables,
      ...contexts,
    },
    env: {
      SLIPWAY_SANDBOX_SLOT: String(slot),
      SLIPWAY_STACK_FILE: team.file,
      GITHUB_API_URL: `${sandbox.api}/api/v3`,
      GITHUB_REPOSITORY: repository,
    },
  });
}

async function comments(): Promise<string[]> {
  const listed = await sandbox.cloud(`/api/v3/repos/${repository}/issues/${pull}/comments`);
  return (listed as unknown as { body: string }[]).map(({ body }) => body);
}

function expectOk({ exitCode, log }: JobRun): void {
  if (exitCode !== 0) throw new Error(log);
}

const locks = () =>
  readdirSync(team.folder, { recursive: true }).filter((path) => /locks\/.*\.json$/.test(String(path)));

beforeAll(async () => {
  await sandbox.verb("sandbox", ["start"]);
  // Who comments for a workflow is GitHub's own bot.
  await sandbox.control("PUT", `github/repositories/${repository}`, { users: ["ada"] });
  await sandbox.control("PUT", "github/tokens/a-token", {
    login: "github-actions[bot]",
    permissions: { contents: "read", pull_requests: "write" },
  });
  pull = (
    (await sandbox.cloud(`/_sandbox/github/repositories/${repository}/pulls`, {
      method: "POST",
      body: { title: "A larger machine" },
    })) as unknown as { number: number }
  ).number;
  await team.open();
  for (const [key, value] of Object.entries({
    "digitalocean:token": "sandbox",
    "github:token": "sandbox",
    "slipway:registry.password": registryLogin.password,
    "slipway:github.PULUMI_CONFIG_PASSPHRASE": passphrase,
  })) {
    await team.pulumi("config", "set", "--secret", key, value);
  }
  secrets = team.config();
  configure();
  // What somebody of the team does, once, on a computer of their own.
  const first = await team.verb("deploy", ["staging"]);
  if (first.exitCode !== 0) throw new Error(first.all);
  const [droplet] = (await sandbox.cloud("/v2/droplets")).droplets as unknown as {
    networks: { v4: { ip_address: string; type: string }[] };
  }[];
  const address = droplet?.networks.v4.find(({ type }) => type === "public")?.ip_address;
  const way = await fetch(`${sandbox.api}/_sandbox/forwards?address=${address}&port=80`);
  site = `http://notes.localhost:${((await way.json()) as { port: number }).port}/`;
});
afterAll(async () => {
  team.remove();
  await sandbox.end();
});

describe("a pull request", () => {
  const plan = () => job(".github/workflows/pull-request.yml", "plan");

  it("is told what it would do, in one comment that its next push changes", async () => {
    expectOk(await plan());
    expect(await comments()).toHaveLength(1);
    expect((await comments())[0]).toContain("**Nothing changes.** Cost: $12 a month, as now.");
    configure("s-2vcpu-4gb");
    const { summary, log } = await plan();
    const [comment, ...others] = await comments();
    expect(others).toEqual([]);
    expect(comment).toContain("size s-1vcpu-2gb → s-2vcpu-4gb; the machine is restarted for it");
    expect(comment).toContain("Cost: $12 → $24 a month (+$12).");
    expect(comment).toContain("```mermaid\nflowchart LR");
    expect(summary).toContain("## Plan of stack `staging`");
    for (const secret of [passphrase, registryLogin.password])
      expect(`${comment}${log}${summary}`).not.toContain(secret);
  });

  it("is told in the same place why there is no plan", async () => {
    configure("s-9vcpu-9gb");
    team.edit((text) => text.replace("region: fra1", "region: nowhere"));
    expect((await plan()).exitCode).toBe(1);
    expect(await comments()).toHaveLength(1);
    expect((await comments())[0]).toMatch(
      /There is no plan: .*\n\n````?text\n.*mistakes? in the settings[\s\S]*slipway:host.region/,
    );
    configure();
  });

  it("from a fork has a plan without a single secret", async () => {
    const run = await job(".github/workflows/pull-request.yml", "plan-without-secrets", {
      contexts: { secrets: {}, vars: {} },
    });
    expectOk(run);
    const { summary } = run;
    expect(summary).toContain("> - From nothing, and without the stack's secrets: everything is new in it.");
    expect(summary).toContain("**new** droplet `slipway-staging-droplet` (size s-1vcpu-2gb, region fra1)");
  });
});

describe("an environment of a pull request", () => {
  const file = ".github/workflows/pull-request.yml";
  const name = () => `pr-${pull}.previews.localhost`;
  const onMachine = async () => (await sandbox.sh("docker ps --format '{{.Names}}' | grep pr- || true")).all.trim();

  it("is brought up beside the app, and told in a comment of its own", async () => {
    expectOk(await job(file, "environment"));
    const told = (await comments()).filter((comment) => comment.includes(`http://${name()}`));
    expect([told.length, (await comments()).length]).toEqual([1, 2]);
    expect((await ask(site.replace("notes.localhost", name()))).status).toBe(200);
    expect(await onMachine()).toBe(`notes-pr-${pull}-r1-web-1`);
  });

  it("is gone when the pull request is closed", async () => {
    expectOk(await job(file, "environment-down"));
    expect(await onMachine()).toBe("");
    expect((await ask(site)).status).toBe(200);
  });
});

describe("a push to main", () => {
  const deploy = () => job(".github/workflows/deploy.yml", "staging");
  const say = (word: string) =>
    sandbox.edit("board/templates/board/board.html", (text) => `${text}\n<!-- ${word} -->\n`);

  it("is live, and the page of the run says so", async () => {
    say("first push");
    const run = await deploy();
    expectOk(run);
    expect((await ask(site)).body).toContain("<!-- first push -->");
    expect(run.summary).toMatch(/\| notes \| 2 \| web `notes@sha256:[0-9a-f]{12}` \| http:\/\/notes\.localhost \|/);
    expect(run.outputs.deploy?.url).toBe("http://notes.localhost");
  });

  it("that is cancelled leaves nothing locked, and the next one goes on", async () => {
    say("second push");
    const [deployed] = readWorkflow(".github/workflows/deploy.yml").jobs.staging?.steps.filter(({ run }) => run) ?? [];
    const running = team.start("bash", ["-e", "-c", deployed?.run ?? ""]);
    while (locks().length === 0) await sleep(50);
    await sleep(2_000);
    // As a runner does: to the first process of the step, and again 7.5 seconds later.
    running.kill("SIGINT");
    const again = setTimeout(() => running.kill("SIGTERM"), 7_500);
    const { exitCode, all } = await running;
    clearTimeout(again);
    expect(exitCode).not.toBe(0);
    expect(all).toContain("was asked to end (SIGINT), and has: nothing is locked");
    expect(locks()).toEqual([]);
    expectOk(await deploy());
    expect((await ask(site)).body).toContain("<!-- second push -->");
  });
});

describe("a push to the app's own repository", () => {
  it("is released by digest, with nothing but what the environment and the workflow's own token give", async () => {
    const app = join(sandbox.folder, "repository");
    cpSync(sandbox.app, app, { recursive: true });
    cpSync("workflows/app/release", join(app, "deploy", "release"));
    const page = join(app, "board/templates/board/board.html");
    await execa("bash", ["-c", `printf '\\n<!-- from the app -->\\n' >> '${page}'`]);
    // The stack gives the build its base by an argument; an app's repository has it in its Dockerfile.
    await execa("sed", ["-i", "s#^ARG BASE=.*#ARG BASE=slipway-sandbox/python:3.13#", join(app, "Dockerfile")]);
    const { jobs } = readWorkflow("workflows/app/release.yml");
    const job = jobs.release;
    if (!job) throw new Error("there is no job release");
    const read = (await sandbox.cloud(
      `/_sandbox/github/repositories/${repository}/job?environment=staging`,
    )) as unknown as { secrets: Record<string, string>; variables: Record<string, string> };
    const run = await runJob(
      { ...job, env: { ...job.env, IMAGE: `${registry}/notes` } },
      {
        cwd: app,
        contexts: {
          github: {
            actor: registryLogin.username,
            token: registryLogin.password,
            sha: "1".repeat(40),
            server_url: "https://github.test",
            repository,
            run_id: "2",
          },
          secrets: read.secrets,
          vars: read.variables,
        },
        env: { DOCKER_CONFIG: join(sandbox.folder, "docker") },
      },
    );
    expectOk(run);
    expect(run.outputs.build?.digest).toMatch(new RegExp(`^${registry}/notes@sha256:[0-9a-f]{64}$`));
    expect((await ask(site)).body).toContain("<!-- from the app -->");
    const rows = (await sandbox.sh("slipway releases notes --json")).all;
    expect(rows).toContain("https://github.test/acme/notes/actions/runs/2");
  });
});
