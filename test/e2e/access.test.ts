/** Who may release, and what becomes of a release whose client, connection or power is gone: on a real machine, over real SSH. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standsInTable } from "../../agent/compose-keys";
import type { CiLogin } from "../../infra/host/ciAccess";
import { registryLogin } from "../../sandbox/registry/registry";
import { slotOf } from "../../sandbox/slot";
import { keysOf, schemaIn } from "../support/composeSchema";
import { ask, askConstantly, TestStack } from "./support/stack";
import { HARMLESS, TRICKS, VARIABLES } from "./support/tricks";

const stack = new TestStack(8);
const { server } = slotOf({ SLIPWAY_SANDBOX_SLOT: "8" }).registry;
const login = JSON.stringify({ server, ...registryLogin });

let url: string;
let address: string;
/** Images of the app by digest: the one the stack made, and another. */
let images: { first: string; second: string };

beforeAll(async () => {
  await stack.verb("down");
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:ci"], { apps: ["notes"] });
  });
  url = (await stack.up()).url;
  const ci = await stack.output<CiLogin>("ci");
  address = ci.host;
  writeKey("ci", ci.privateKey);
  writeKey("deploy", await stack.output<string>("deployKey"));
  writeFileSync(join(stack.folder, "known_hosts"), ci.knownHosts);
  const first = (await stack.output<{ notes: { images: { web: string } } }>("releases")).notes.images.web;
  images = { first, second: await anotherImage(first) };
});
afterAll(() => stack.remove());

function writeKey(name: string, text: string): void {
  const path = join(stack.folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o600);
}

let pushed = 0;

/** Pushes an image that differs from another, and from all before it, by a label. */
async function anotherImage(first: string): Promise<string> {
  const docker = (args: string[], input: string) =>
    execa("docker", ["--config", join(stack.folder, "docker"), ...args], { input });
  await docker(["login", "--username", registryLogin.username, "--password-stdin", server], registryLogin.password);
  const tag = `${server}/notes:another`;
  await docker(["build", "--quiet", "--tag", tag, "-"], `FROM ${first}\nLABEL another=${++pushed}\n`);
  const { stdout } = await docker(["push", tag], "");
  return `${server}/notes@${/sha256:[0-9a-f]{64}/.exec(stdout)?.[0]}`;
}

/** Starts the system's own ssh with one of the keys. */
function ssh(key: "ci" | "deploy", args: readonly string[], input = "", options: readonly string[] = []) {
  const config = ["-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes"];
  const files = ["-i", join(stack.folder, key), "-o", `UserKnownHostsFile=${join(stack.folder, "known_hosts")}`];
  return execa("ssh", [...config, ...files, ...options, `deploy@${address}`, ...args], {
    input,
    reject: false,
    timeout: 180_000,
  });
}

const releaseOf = (image: string) => `slipway release notes --image web=${image} --login --commit abc --actor ana`;

interface Row {
  readonly release: number;
  readonly result: string;
  readonly actor: string;
  readonly commit?: string;
  readonly images: { readonly web: string };
}

async function ledger(): Promise<readonly Row[]> {
  const text = await stack.onMachine("cat", "/var/lib/slipway/apps/notes/ledger.jsonl");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

/** The ledger once it has more than `before` rows. */
async function ledgerAfter(before: number): Promise<readonly Row[]> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    const rows = await ledger();
    if (rows.length > before) return rows;
  }
  throw new Error(`no release has ended within 60 s of ${before}`);
}

const onMachine = (script: string) => stack.onMachine("sh", "-c", script);
const liveImage = async () => (await ledger()).findLast(({ result }) => result === "live")?.images.web ?? "";
/** An image that never was live. */
const newImage = () => anotherImage(images.first);

/** Starts a release that waits before a step, and resolves once it does. */
async function heldRelease(step: string) {
  await onMachine(`mkdir -p /run/slipway && echo ${step} > /run/slipway/hold`);
  const isHeld = "grep -l '… is held' /var/lib/slipway/apps/notes/logs/*.log | wc -l";
  const before = await onMachine(isHeld);
  const client = ssh("ci", [releaseOf(await newImage())], login);
  for (const end = Date.now() + 60_000; (await onMachine(isHeld)) === before; await sleep(100)) {
    if (Date.now() > end) throw new Error(`the release did not come to ${step}`);
  }
  // A process is a promise of its end, which is not to be awaited here.
  return { client };
}

describe("CI's key", () => {
  const lastRefusal = "journalctl -t slipway-gate -n 1 -o cat --no-pager";

  it("releases another image of its app, with a login that is kept nowhere", async () => {
    const before = (await ledger()).length;
    const ran = await ssh("ci", [releaseOf(images.second)], login);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout.split("\n").at(-1)).toBe(`release ${before + 1} of notes is live: http://notes.localhost`);
    expect((await ledger()).at(-1)).toMatchObject({
      result: "live",
      actor: "ana (ci)",
      commit: "abc",
      images: { web: images.second },
    });
    expect(
      await onMachine(`grep -rl ${registryLogin.password} /var/lib/slipway /root /etc/slipway 2>/dev/null; true`),
    ).toBe("");
  });

  it("changes nothing by what is live, and brings back nothing older", async () => {
    const again = await ssh("ci", [releaseOf(images.second)], login);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain("nothing to do: release");
    const back = await ssh("ci", [releaseOf(images.first)], login);
    expect(back).toMatchObject({ exitCode: 1 });
    expect(back.stderr).toContain(
      `${images.first} was live in release 1 of notes and is no more; CI only goes forward`,
    );
    const older = await ssh("ci", [`${releaseOf(await newImage())} --sequence 1000`], login);
    expect(older).toMatchObject({ exitCode: 1 });
    expect(older.stderr).toContain("sequence 1000 (1970-01-01T00:00:01.000Z) is older than");
    expect(await liveImage()).toBe(images.second);
  });

  it.each([
    ["a shell", [], "a shell was asked for"],
    ["another program", ["id"], "«id» is not slipway"],
    ["a file transfer", ["scp", "-t", "/tmp"], "«scp» is not slipway"],
    ["rsync", ["rsync", "--server", "."], "«rsync» is not slipway"],
    ["another verb", ["sudo", "slipway", "remove", "notes"], "slipway «remove» is not release"],
    ["another app", ["slipway", "release", "shop"], "«shop» is not an app of this key"],
    ["a whole manifest", ["slipway", "release"], "no app is named, and whole manifests are for the stack"],
    ["a second command", ["slipway release notes; touch /tmp/mine"], "the command is more than plain words"],
    ["a substitution", ["slipway release $(touch /tmp/mine)"], "the command is more than plain words"],
    ["a redirection", ["slipway release notes > /tmp/mine"], "the command is more than plain words"],
  ])("refuses %s in one line", async (_, command, why) => {
    const ran = await ssh("ci", command);
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr.split("\n").filter((line) => line.startsWith("slipway:"))).toEqual([
      `slipway: refused: ${why}; this key may only run: slipway release notes --image PROCESS=IMAGE@DIGEST`,
    ]);
    expect(await onMachine("test -e /tmp/mine || echo none")).toBe("none");
    expect(await onMachine(lastRefusal)).toContain(why);
  });

  it("opens no terminal, no file system and no way further", async () => {
    expect((await ssh("ci", ["id"], "", ["-tt"])).stderr).toContain("PTY allocation request failed");
    // sshd drops what a subsystem says on standard error.
    expect(await ssh("ci", ["sftp"], "", ["-s"])).toMatchObject({ exitCode: 1, stdout: "" });
    expect(await onMachine(lastRefusal)).toContain("«/usr/lib/openssh/sftp-server» is not slipway");
    expect((await ssh("ci", [], "", ["-W", "127.0.0.1:2019"])).stderr).toContain("administratively prohibited");
    const sent = await ssh("ci", ["id"], "", ["-o", "SetEnv=NODE_OPTIONS=--version"]);
    expect(sent).toMatchObject({ exitCode: 1, stdout: "" });
  });
});

it("leaves nothing of an app's readable by others than root, but what the edge serves", async () => {
  const open = "find /var/lib/slipway/apps -type f -perm /077 ! -path '*/static/*'";
  expect(await onMachine(`find /var/lib/slipway/apps -name '*.log' | grep -q . && ${open}`)).toBe("");
});

describe("a release whose client is gone", () => {
  it.each([
    ["the client", undefined],
    ["the connection", "pkill -KILL -u deploy sshd"],
    ["sudo", "pkill -KILL -x sudo"],
    ["systemd's own client", "pkill -KILL -x systemd-run"],
  ])("goes on when %s is killed, and no request is lost", async (_, kill) => {
    const before = (await ledger()).length;
    const requests = askConstantly(url);
    const { client } = await heldRelease("health");
    if (kill) await onMachine(kill);
    else client.kill("SIGKILL");
    await onMachine("rm /run/slipway/hold");
    const rows = await ledgerAfter(before);
    expect(rows.at(-1)).toMatchObject({ result: "live", actor: "ana (ci)" });
    expect(rows).toHaveLength(before + 1);
    const { release } = rows.at(-1) as Row;
    expect(await onMachine(`tail -n 1 /var/lib/slipway/apps/notes/logs/${release}.log`)).toBe(
      `release ${release} of notes is live: http://notes.localhost`,
    );
    expect((await requests.stop()).failures).toEqual([]);
    await client;
  });

  it("never began if its manifest was cut short", async () => {
    const before = (await ledger()).length;
    const ran = await ssh("deploy", ["sudo", "slipway", "release"], '{"version":1,"app":"notes","processes":{"web":{');
    expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ran.stderr).toBe("slipway: the manifest on standard input is not JSON (47 characters)");
    expect(await ledger()).toHaveLength(before);
  });
});

describe("a compose file that asks for the machine", () => {
  /** What each manifest came to: its exit code and all that was said. */
  async function releases(manifests: readonly unknown[]): Promise<readonly { code: number; said: string }[]> {
    const each =
      'while read -r line; do said=$(printf %s "$line" | slipway release 2>&1); echo "$? $(printf %s "$said" | base64 -w0)"; done';
    const ran = await ssh(
      "deploy",
      [`sudo sh -c '${each}'`],
      manifests.map((one) => `${JSON.stringify(one)}\n`).join(""),
    );
    return ran.stdout.split("\n").map((line) => {
      const [code, said = ""] = line.split(" ");
      return { code: Number(code), said: Buffer.from(said, "base64").toString("utf8") };
    });
  }
  const manifest = (compose: object, index: number, grants?: readonly string[]) => ({
    version: 1,
    app: "trick",
    origin: { sequence: Date.now() + index, actor: "mallory" },
    registry: { server: images.first.split("/")[0], username: "slipway", password: "rehearsal-only" },
    processes: {
      web: { image: images.first, compose: { command: ["sleep", "1000"], ...compose }, replicas: 1, grants },
    },
    routes: [],
    tls: { mode: "off" },
    environment: VARIABLES,
    secrets: [],
    volumes: ["data"],
    limits: { health: 10, release: 10, drain: 0, watch: 0 },
  });
  const traces = () =>
    onMachine(
      "docker ps -aq --filter label=slipway.app=trick; docker network ls -q --filter name=slipway-trick; docker volume ls -q --filter name=trick_; ls /var/lib/slipway/apps/trick/releases",
    );

  it("is refused before anything is created, by what compose makes of it", async () => {
    const ran = await releases(TRICKS.map(({ compose }, index) => manifest(compose, index)));
    expect(
      TRICKS.map(({ name, key }, index) => {
        const { code, said = "" } = ran[index] ?? {};
        const isTold = said.includes("asks for more of this host") && said.includes(`process web: ${key}`);
        return { name, code, isTold };
      }),
    ).toEqual(TRICKS.map(({ name }) => ({ name, code: 1, isTold: true })));
    expect(await traces()).toBe("");
  });

  it("has what only takes away, and what the stack grants by name", async () => {
    const asks = { ...HARMLESS, cap_add: ["${CAP}"], volumes: ["${ROOT}etc:/x:ro", "data:/data"] };
    const ran = await releases([
      manifest(HARMLESS, 0),
      manifest(asks, 1, ["cap_add=NET_ADMIN", "volumes=/etc:/x"]),
      manifest(asks, 2, ["cap_add=SYS_ADMIN", "volumes=/etc:/x:ro"]),
    ]);
    expect(ran.map(({ code, said }) => (code === 0 ? "live" : said))).toEqual([
      "live",
      expect.stringMatching(
        /process web: volumes\[0\]: .*; process web: cap_add: |process web: cap_add: .*; process web: volumes\[0\]: /,
      ),
      "live",
    ]);
    await onMachine("slipway remove trick --volumes");
  });

  it("can hold no key of the machine's own compose that our table doesn't know", async () => {
    // All of the program would be 64 MB.
    const encoded = await onMachine(
      `program=$(readlink -f $(command -v docker-compose)); at=$(grep -abo '"compose_spec.json"' $program | head -n 1 | cut -d: -f1); tail -c +$((at - 1000)) $program | head -c 500000 | base64 -w0`,
    );
    const keys = keysOf(schemaIn(Buffer.from(encoded, "base64")));
    expect(keys).toContain("services.*.cap_add");
    expect(keys.filter((key) => !standsInTable(key))).toEqual([]);
  });
});

describe("a release whose machine is gone", () => {
  /** Has the cloud do something to the machine, and waits until it is up again. */
  async function act(type: "power_cycle" | "reboot"): Promise<void> {
    const [droplet] = (await stack.cloud("/v2/droplets")).droplets as unknown as { id: number }[];
    const booted = await onMachine("stat -c %Y /run/sandbox-power");
    const answer = await fetch(`${stack.api}/v2/droplets/${droplet?.id}/actions`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
      body: JSON.stringify({ type }),
    });
    expect(answer.status).toBe(201);
    const isUp = async () =>
      (await onMachine("stat -c %Y /run/sandbox-power")) !== booted &&
      (await onMachine("systemctl is-system-running")) === "running";
    for (const end = Date.now() + 120_000; !(await isUp().catch(() => false)); await sleep(300)) {
      if (Date.now() > end) throw new Error(`the machine is not back after ${type}`);
    }
  }

  const repaired = () => onMachine("journalctl -u slipway-repair -o cat --no-pager -n 10");

  it("is undone at boot when the plug was pulled before the switch", async () => {
    const image = await liveImage();
    const serving = (await ledger()).findLast(({ result }) => result === "live")?.release;
    const { client } = await heldRelease("edge");
    await act("power_cycle");
    await client;
    const release = (serving ?? 0) + 1;
    expect(await repaired()).toContain(`notes: release ${release} was interrupted before the switch: it is undone`);
    expect(await repaired()).toContain(`notes: release ${serving} serves`);
    expect((await ledger()).at(-1)).toMatchObject({ release, result: "interrupted" });
    expect((await ask(url)).status).toBe(200);
    expect(await liveImage()).toBe(image);
    expect(await onMachine("docker ps --all --format '{{.Names}}'")).toBe(`notes-r${serving}-web-1`);
    expect(await onMachine("slipway repair")).toBe("nothing to mend");
  });

  it("ends in order when the machine is shut down", async () => {
    const image = await liveImage();
    const before = (await ledger()).length;
    const { client } = await heldRelease("edge");
    // The release hears that it is asked to end once it is no longer held; how soon the machine begins to go is the computer's pace.
    await onMachine(
      "(for look in $(seq 300); do [ $(systemctl is-system-running) = stopping ] && break; sleep 0.2; done; sleep 1; rm /run/slipway/hold) >/dev/null 2>&1 &",
    );
    await act("reboot");
    await client;
    const row = (await ledger()).at(-1);
    expect(await ledger()).toHaveLength(before + 1);
    expect(row).toMatchObject({ result: "failed", reason: "it was asked to end (SIGTERM)" });
    expect((await ask(url)).status).toBe(200);
    expect(await liveImage()).toBe(image);
  });
});
