/** Environments of pull requests on a team's own state, as CI works: up, changed, looked at, cut off, closed, and nothing left of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sendForm } from "./support/form";
import { OwnState } from "./support/ownState";
import { ask, type Outcome, TestStack } from "./support/stack";

const sandbox = new TestStack(27);
const team = new OwnState("staging");
let port: number;

const settings = (previews: object = {}) => ({
  "digitalocean:apiEndpoint": sandbox.api,
  "slipway:host": { provider: "digitalocean", region: "fra1", size: "s-1vcpu-2gb", sshFrom: ["10.213.0.0/16"] },
  "slipway:registry": { server: "10.213.27.2:5000", username: "slipway" },
  "slipway:registry.password": password,
  "slipway:tls": { mode: "off" },
  "slipway:previews": { domain: "previews.localhost", ...previews },
  "slipway:apps": {
    notes: {
      folder: sandbox.app,
      routes: ["staging.localhost"],
      build: { args: { BASE: "slipway-sandbox/python:3.13" } },
      env: { DJANGO_ALLOWED_HOSTS: "staging.localhost" },
      secrets: { SECRET_KEY: "generate" },
      limits: { watch: 1 },
    },
  },
});
let password: object = {};

const preview = (...args: string[]) => team.verb("preview-env", args);
const site = (host: string) => `http://${host}:${port}/`;
const page = (host: string) => ask(site(host));
const lines = async (script: string) => (await sandbox.sh(script)).all.split("\n").filter((line) => line !== "");
/** All that a preview may leave on a machine. */
const traces = () =>
  lines(`docker ps -a --format '{{.Names}}'; docker volume ls -q; docker network ls --format '{{.Name}}'; docker images --format '{{.Digest}}' --digests
find /var/lib/slipway /var/log/caddy /etc/systemd/system -name '*pr-*'; ls /var/lib/slipway/dropped 2>/dev/null
cd /; sudo -u postgres psql -Atc 'SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1'; cat /etc/caddy/Caddyfile | grep pr- || true`);

/** The processes that Pulumi itself runs in for a stack. */
const pulumis = async (stack: string) =>
  (await execa("pgrep", ["-f", `pulumi up .*--stack ${stack} .*${team.folder}`], { reject: false })).stdout
    .split("\n")
    .filter((pid) => pid !== "")
    .map(Number);

const containers = () => lines("docker ps --format '{{.Names}}'");
/** Has releases wait before they lead visitors to themselves. */
const holdReleases = (held: boolean) =>
  sandbox.sh(held ? "mkdir -p /run/slipway && echo edge > /run/slipway/hold" : "rm -f /run/slipway/hold");

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await is()); await sleep(100))
    if (Date.now() > end) throw new Error(`not within two minutes: ${what}`);
}

function expectOk({ exitCode, all }: Outcome): void {
  if (exitCode !== 0) throw new Error(all);
}

let before: string[];

beforeAll(async () => {
  await sandbox.verb("sandbox", ["start"]);
  // What a run keeps for its own time stands where nobody else's does.
  await team.open({ env: { TMPDIR: team.folder } });
  await team.pulumi("config", "set", "--secret", "slipway:registry.password", "rehearsal-only");
  password = (parse(readFileSync(team.file, "utf8")) as { config: Record<string, object> }).config[
    "slipway:registry.password"
  ] as object;
  team.configure(settings());
  expectOk(await team.pulumi("up", "--yes", "--skip-preview"));
  const { stdout } = await team.run(["stack", "output", "--json", "--stack", "staging"], process.cwd());
  const { address } = JSON.parse(stdout) as { address: string };
  const way = await fetch(`${sandbox.api}/_sandbox/forwards?address=${address}&port=80`);
  port = ((await way.json()) as { port: number }).port;
  before = await traces();
});
afterAll(async () => {
  team.remove();
  await sandbox.end();
});

describe("an environment of a pull request", () => {
  it("is refused in one line where the machine has no room, or a secret's fate isn't said, and nothing is made", async () => {
    team.configure(settings({ memory: 4_000_000 }));
    const full = await preview("up", "7");
    expect(full.exitCode).toBe(1);
    expect(full.all.trim()).toMatch(
      /^slipway: the machine of staging is full: a preview may take 4000000 MB of memory, and \d+ MB are free; nothing was made\. [^\n]+$/,
    );
    team.configure(settings());
    expect((await preview("list")).stdout.trim()).toBe("there are no previews");
    expect(await traces()).toEqual(before);
  });

  it("comes up two at once, each with a name, a scrubbed copy of the data, secrets and limits of its own", async () => {
    writeFileSync(join(team.folder, "scrub.sql"), "UPDATE board_note SET text = 'a note' WHERE text ~ 'secret';\n");
    await sendForm(site("staging.localhost"), { text: "a secret of somebody's" });
    team.configure(settings({ seed: { notes: { copy: true, scrub: join(team.folder, "scrub.sql") } } }));
    const both = await Promise.all([preview("up", "7"), preview("up", "8", "--json")]);
    for (const one of both) expectOk(one);
    expect(both[0]?.stdout.trim().split("\n").at(-1)).toBe("http://pr-7.previews.localhost");
    expect(JSON.parse(both[1]?.stdout ?? "")).toMatchObject({ pull: 8, url: "http://pr-8.previews.localhost" });
    await sendForm(site("pr-7.previews.localhost"), { text: "only in seven" });
    const seven = (await page("pr-7.previews.localhost")).body;
    expect(seven).toContain("only in seven");
    expect([seven.includes("a note"), seven.includes("secret of")]).toEqual([true, false]);
    for (const host of ["pr-8.previews.localhost", "staging.localhost"]) {
      const other = await page(host);
      expect([other.status, other.body.includes("only in seven")]).toEqual([200, false]);
    }
    const limits = await lines(
      "docker inspect notes-pr-7-r1-web-1 notes-r1-web-1 --format '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}'",
    );
    expect(limits).toEqual([`${512 * 1024 ** 2} 500000000`, "0 0"]);
    const keys = await lines("grep -h ^SECRET_KEY= /var/lib/slipway/apps/*/releases/1/env | sort -u");
    expect(keys).toHaveLength(3);
  });

  it("is listed, and brought up again without a change", async () => {
    const list = (await preview("list")).stdout;
    expect(list).toMatch(/7 +│ http:\/\/pr-7\.previews\.localhost +│ \d+ minutes? ago +│ in 7[12] hours +│/);
    expect(JSON.parse((await preview("list", "--json")).stdout)).toHaveLength(2);
    const again = await preview("up", "7");
    expectOk(again);
    expect(again.stdout).toMatch(/^0 changes$/m);
  });

  it("that is closed while its up runs waits for it, and leaves nothing", async () => {
    await holdReleases(true);
    const up = preview("up", "9");
    await until("the release is held", async () => (await containers()).includes("notes-pr-9-r1-web-1"));
    const down = preview("down", "9");
    const asks = "pulumi stack rename pr-9 --stack pr-9";
    const isAsking = async () => (await execa("pgrep", ["-f", asks], { reject: false })).exitCode === 0;
    await until("it has asked for the lock", isAsking);
    await until("it was refused", async () => !(await isAsking()));
    await holdReleases(false);
    expectOk(await up);
    const { all, stdout, exitCode } = await down;
    expect(all).toContain("… waits for another run that works on pr-9");
    expect([exitCode, stdout.trim()]).toEqual([0, "pr-9 is gone with all it had"]);
    expect((await traces()).filter((line) => /pr[-_]9/.test(line))).toEqual([]);
  });

  it("whose up was killed in the middle goes whole", async () => {
    await holdReleases(true);
    const up = preview("up", "10");
    await until("the release is held", async () => (await containers()).includes("notes-pr-10-r1-web-1"));
    for (const pid of await pulumis("pr-10")) process.kill(-pid, "SIGKILL");
    expect((await up).exitCode).toBe(1);
    await holdReleases(false);
    const down = await preview("down", "10");
    expectOk(down);
    expect(down.stdout.trim()).toBe("pr-10 is gone with all it had");
    expect((await traces()).filter((line) => /pr[-_]10/.test(line))).toEqual([]);
    const again = await preview("down", "10");
    expect([again.exitCode, again.stdout.trim()]).toEqual([0, "there is no pr-10"]);
  });

  it("whose stack is lost, or whose time is over, is found by the reaper, who lists before he deletes", async () => {
    expectOk(await team.run(["stack", "rm", "pr-8", "--yes", "--force", "--preserve-config"], process.cwd()));
    const tag = JSON.parse(
      (await team.run(["stack", "tag", "get", "slipway:preview", "--stack", "pr-7"], process.cwd())).stdout,
    );
    const past = JSON.stringify({ ...tag, expires: "2026-01-01T00:00:00.000Z" });
    expectOk(await team.run(["stack", "tag", "set", "slipway:preview", past, "--stack", "pr-7"], process.cwd()));
    // Of this state, of another state, and of somebody who called it so by hand.
    const { ssh_keys: keys } = (await sandbox.cloud("/v2/account/keys")) as unknown as { ssh_keys: { name: string }[] };
    const mark = keys.flatMap(({ name }) => /^slipway-staging\.([0-9a-f]{12})$/.exec(name)?.[1] ?? [])[0] ?? "";
    for (const [at, name] of [`slipway-pr-55.${mark}`, "slipway-pr-56.ffffffffffff", "slipway-pr-57"].entries()) {
      const material = Buffer.concat([Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIA==", "base64"), Buffer.alloc(32, at)]);
      const body = { name, public_key: `ssh-ed25519 ${material.toString("base64").slice(0, 68)}` };
      await sandbox.cloud("/v2/account/keys", { method: "POST", body });
    }
    await sandbox.sh(
      `cd /; sudo -u postgres createdb crm_pr_2024; sudo -u postgres psql -qc 'CREATE TABLE customer AS SELECT 1 AS id' crm_pr_2024
sudo -u postgres createdb 'x"; DROP DATABASE notes; --_pr_9'`,
    );
    const listed = await preview("reap");
    expectOk(listed);
    expect(listed.stdout).toMatch(/^preview of pull request 7: expired \d+ days ago$/m);
    expect(listed.stdout).toMatch(/^app notes-pr-8 on the machine: there is no stack slipway\/pr-8$/m);
    expect(listed.stdout).toMatch(/^SshKey slipway-pr-55 in the cloud: there is no stack slipway\/pr-55$/m);
    expect(listed.stdout).not.toContain("slipway-pr-56");
    expect(listed.stdout).toMatch(/^SshKey slipway-pr-57 in the cloud: .* it bears no mark: it is left\./m);
    expect(listed.stdout).toMatch(/^database crm_pr_2024 on the machine: .* it bears no mark: it is left\./m);
    expect(listed.stdout).toMatch(
      /^ {2}\.\/scripts\/preview-env reap --on staging --yes --remove database\/crm_pr_2024$/m,
    );
    expect(listed.stdout).toMatch(/^nothing was deleted; with --yes it is$/m);
    expect((await page("pr-7.previews.localhost")).status).toBe(200);
    expectOk(await preview("reap", "--yes"));
    expect((await preview("list")).stdout.trim()).toBe("there are no previews");
    const byHand = ['x"; DROP DATABASE notes; --_pr_9', "crm_pr_2024"];
    const left = (await traces()).filter((line) => !before.includes(line));
    expect(left.sort()).toEqual(byHand.sort());
    for (const name of byHand) expectOk(await preview("reap", "--yes", "--remove", `database/${name}`));
    expect((await traces()).filter((line) => !before.includes(line)).sort()).toEqual([
      expect.stringMatching(/^crm_pr_2024-\d+T\d+Z\.dump$/),
      expect.stringMatching(/^x___DROP_DATABASE_notes__--_pr_9-\d+T\d+Z\.dump$/),
    ]);
    expect((await page("staging.localhost")).status).toBe(200);
    expect((await preview("reap")).stdout).toMatch(/^nothing is to go$/m);
  });
});
