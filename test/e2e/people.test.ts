/** What a person does from their own computer: verbs on a stack's machine, and whether the host is what the stack said. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, TestStack } from "./support/stack";

const stack = new TestStack(4);
/** Nobody's agent plays a part here. */
const env = { SSH_AUTH_SOCK: "" };
const slipway = (...args: string[]) => stack.verb("slipway", args, env);
const drift = async () => {
  const { exitCode, stdout } = await stack.verb("drift", ["--json"], env);
  return { exitCode, found: (JSON.parse(stdout) as { what: string; host: string }[]).map(({ what }) => what) };
};

/** One line that a person understands, and no key in it. */
function expectMistake({ exitCode, all }: Outcome, ...words: string[]): void {
  expect(exitCode).toBe(1);
  expect(all).not.toMatch(/^\s+at .+:\d+:\d+\)?$|PRIVATE KEY/m);
  for (const word of words) expect(all).toContain(word);
}

beforeAll(async () => {
  await stack.verb("down");
});
afterAll(() => stack.remove());

it("says that a stack which is not up has no machine to speak to", async () => {
  expectMistake(await slipway("status"), "stack dev has no machine to speak to yet", "./scripts/up dev");
  await stack.up();
});

describe("a verb of the host's", () => {
  it("prints there what it prints here, and ends with the same exit code", async () => {
    const rows = JSON.parse((await slipway("releases", "notes", "--json")).stdout) as { live: boolean }[];
    expect(rows.map(({ live }) => live)).toEqual([true]);
    expect((await slipway("status", "--check")).exitCode).toBe(0);
    expectMistake(await slipway("releases", "notes", "9"), "there was no release 9 of notes on this host");
    expect((await slipway("logs", "--help")).stdout).toContain("Usage: slipway logs");
  });

  it("keeps arguments, standard output and standard error as they are", async () => {
    const command = [
      "run",
      "notes",
      "--",
      "sh",
      "-c",
      `printf '%s\n' "$1" '$HOME'; echo "it's" >&2; exit 7`,
      "sh",
      "a  b",
    ];
    const { exitCode, stdout, stderr } = await slipway(...command);
    expect(stdout).toBe("a  b\n$HOME");
    expect(stderr).toContain("it's");
    expect(exitCode).toBe(7);
  });

  it("gets the person's terminal where there is one", async () => {
    const verb = "./scripts/slipway run notes -- sh -c 'test -t 0 && test -t 1 && test -t 2 && exit 3; exit 4'";
    const { exitCode } = await execa("script", ["-qec", verb, "/dev/null"], {
      env: {
        ...env,
        SLIPWAY_SANDBOX_SLOT: String(stack.slot),
        SLIPWAY_STACK_FILE: join(stack.folder, "Pulumi.dev.yaml"),
      },
      reject: false,
    });
    expect(exitCode).toBe(3);
  });

  it("reads a stack that is not of the sandbox by the person's own Pulumi", async () => {
    const own = JSON.parse((await stack.verb("env", ["dev", "--json"])).stdout) as Record<string, string>;
    stack.configure((settings) => settings.deleteIn(["config", "digitalocean:apiEndpoint"]));
    const { exitCode, stdout } = await stack.verb("slipway", ["status", "--json"], { ...own, ...env });
    stack.resetSettings();
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).apps).toMatchObject([{ app: "notes", release: 1 }]);
  });
});

it("follows a log over a release until Ctrl-C, while drift tells who went back since", async () => {
  expect(await drift()).toEqual({ exitCode: 0, found: [] });
  const following = stack.start("slipway", ["logs", "notes", "web", "-f"], env);
  const heard = (text: string) =>
    expect.poll(() => following.stdout && lines.join("").includes(text), { timeout: 60_000 }).toBe(true);
  const lines: string[] = [];
  following.stdout?.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  await heard("notes-r1-web-1 | ");
  stack.edit("board/templates/board/board.html", (text) => text.replace("Nothing yet.", "Nothing at all."));
  await stack.up();
  await heard("notes-r2-web-1 | ");
  process.kill(-(following.pid ?? 0), "SIGINT");
  expect((await following).exitCode).toBe(130);

  expect((await slipway("rollback", "notes")).exitCode).toBe(0);
  expect(await drift()).toEqual({ exitCode: 2, found: ["release", "image of web"] });
  const { stdout, exitCode } = await stack.verb("drift", [], env);
  expect(exitCode).toBe(2);
  expect(stdout).toContain("./scripts/slipway rollback notes 2");
});

it("finds what was done by hand on the host", async () => {
  await stack.onMachine("bash", "-c", "docker stop $(docker ps -q --filter label=slipway.process=web)");
  await stack.onMachine("bash", "-c", "echo '# mine' >> /etc/caddy/Caddyfile");
  expect(await drift()).toEqual({ exitCode: 2, found: ["release", "image of web", "running web", "edge"] });
  expect((await slipway("status", "--check")).exitCode).toBe(1);
  await stack.onMachine("bash", "-c", "docker start $(docker ps -aq --filter label=slipway.process=web)");
});

describe("a login that can't be", () => {
  it("with a key that the machine doesn't know says where to put it", async () => {
    const path = join(stack.folder, "id");
    writeFileSync(path, ssh2.utils.generateKeyPairSync("ed25519").private, { mode: 0o600 });
    const outcome = await stack.verb("slipway", ["status"], { ...env, SLIPWAY_SSH_KEY: path });
    expectMistake(outcome, "lets no one in as deploy with the key in", "slipway:team");
  });

  it("with an agent that isn't there falls back on the stack's own key", async () => {
    const outcome = await stack.verb("slipway", ["status"], { SSH_AUTH_SOCK: "/nowhere/agent" });
    expect(outcome.exitCode).toBe(0);
  });

  it("at a machine that shows another host key is refused before anything is said", async () => {
    const key = "/etc/ssh/slipway_host_ed25519_key";
    await stack.onMachine(
      "bash",
      "-c",
      `mv ${key} ${key}.kept; ssh-keygen -q -t ed25519 -N '' -f ${key} <<< y; systemctl restart ssh`,
    );
    const outcome = await slipway("status");
    await stack.onMachine(
      "bash",
      "-c",
      `mv ${key}.kept ${key}; ssh-keygen -y -f ${key} > ${key}.pub; systemctl restart ssh`,
    );
    expectMistake(outcome, "showed the host key SHA256:", "but stack dev knows SHA256:");
    expect((await slipway("status")).exitCode).toBe(0);
  });

  it("at a machine that doesn't answer says what to check", async () => {
    await stack.onMachine("bash", "-c", "systemctl stop ssh.socket ssh");
    const outcome = await slipway("status");
    await stack.onMachine("systemctl", "start", "ssh");
    expectMistake(outcome, "can't be reached on port 22", "sshFrom");
  });
});
