/** What goes wrong around a stack: each case ends in one clear line, and the next run mends what was left half-made. */
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(31);

beforeAll(async () => {
  await stack.verb("down");
});
afterAll(() => stack.remove());

const droplets = async () => (await stack.cloud("/v2/droplets")).droplets as unknown as { id: number; name: string }[];

/** No line of a message a person gets may be a stack trace. */
function expectNoTrace(text: string): void {
  expect(text).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
}

describe("mistakes in the settings", () => {
  it("are all shown in one run, before anything is made", async () => {
    await stack.verb("sandbox", ["start"]);
    stack.configure((settings) => {
      settings.setIn(["config", "slipway:host", "region"], "fra9");
      settings.setIn(["config", "slipway:host", "size"], "huge");
      settings.setIn(["config", "slipway:apps", "notes", "routes"], ["https://notes.localhost/"]);
      settings.setIn(["config", "slipway:colour"], "red");
      settings.setIn(["config", "slipway:registry.password"], "in clear");
    });
    const outcome = await stack.verb("up");
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.all).toContain("5 mistakes in the settings of stack dev; nothing was changed");
    for (const path of [
      "slipway:host.region",
      "slipway:host.size",
      "slipway:apps.notes.routes[0]",
      "slipway:colour",
      "slipway:registry.password",
    ]) {
      expect(outcome.all).toContain(path);
    }
    expect(outcome.all).toContain("did you mean fra1?");
    expect(await droplets()).toEqual([]);
    expect((await stack.cloud("/v2/account/keys")).ssh_keys).toEqual([]);
    stack.resetSettings();
  });

  it("include a passphrase that is not the stack's", async () => {
    const outcome = await stack.verb("up", [], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.all).toContain("PULUMI_CONFIG_PASSPHRASE is set to a passphrase that is not the sandbox's");
  });
});

describe("the machine underneath", () => {
  it("without a container engine says what to start or install", async () => {
    const outcome = await stack.verb("sandbox", ["start"], { DOCKER_HOST: "unix:///nowhere/docker.sock" });
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.all).toMatch(/Docker|engine/);
  });

  it("with the sandbox's port taken names the port", async () => {
    await stack.verb("sandbox", ["stop", "--purge"]);
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(Number(new URL(stack.api).port), "127.0.0.1", resolve));
    const outcome = await stack.verb("sandbox", ["start"]);
    holder.close();
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.all).toContain(new URL(stack.api).port);
    await stack.verb("sandbox", ["start"]);
  });
});

describe("the cloud's API", () => {
  it("answering 401 stops the run with what to do, and nothing is made twice afterwards", async () => {
    await stack.control("POST", "faults", { kind: "status", status: 401, path: "/v2/**", method: "POST" });
    const outcome = await stack.verb("up");
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.stderr).toMatch(
      /digitalocean:token: DigitalOcean did not create SshKey slipway-dev-ssh-key \(401: .*\n +mend: give a token that is valid: pulumi config set --secret digitalocean:token$/,
    );
    await stack.control("DELETE", "faults");
  });

  it("answering 429 and 5xx now and then is waited out, and a lost reply makes no second machine", async () => {
    await stack.control("POST", "faults", {
      kind: "status",
      status: 429,
      retryAfter: 1,
      path: "/v2/account/keys",
      method: "POST",
      times: 1,
    });
    await stack.control("POST", "faults", {
      kind: "status",
      status: 503,
      path: "/v2/droplets/*",
      method: "GET",
      times: 2,
    });
    await stack.control("POST", "faults", { kind: "lost", path: "/v2/droplets", method: "POST", times: 1 });
    const first = await stack.verb("up");
    await stack.control("DELETE", "faults");
    const { url } = first.exitCode === 0 ? { url: first.stdout.trim().split("\n").at(-1) ?? "" } : await stack.up();
    expect((await ask(url)).status).toBe(200);
    expect((await droplets()).map(({ name }) => name)).toEqual(["slipway-dev"]);
    expect((await stack.up()).changes).toBe("0 changes");
  });
});

describe("the machine's SSH", () => {
  it("with another host key than the stack knows is refused, never accepted", async () => {
    await stack.onMachine(
      "bash",
      "-c",
      "cp -a /etc/ssh/slipway_host_ed25519_key /root/kept && cp -a /etc/ssh/slipway_host_ed25519_key.pub /root/kept.pub",
    );
    await stack.onMachine(
      "bash",
      "-c",
      "rm /etc/ssh/slipway_host_ed25519_key* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/slipway_host_ed25519_key && systemctl restart ssh",
    );
    stack.edit("board/templates/board/board.html", (text) => text.replace("Nothing yet.", "Nothing at all."));
    const outcome = await stack.verb("up");
    expect(outcome.exitCode).toBe(1);
    expectNoTrace(outcome.all);
    expect(outcome.all).toMatch(/host key/i);
    const rows = JSON.parse(await stack.onMachine("slipway", "releases", "notes", "--json")) as { release: number }[];
    expect(rows.map(({ release }) => release)).toEqual([1]);
    await stack.onMachine(
      "bash",
      "-c",
      "mv /root/kept /etc/ssh/slipway_host_ed25519_key && mv /root/kept.pub /etc/ssh/slipway_host_ed25519_key.pub && systemctl restart ssh",
    );
    await stack.up();
  });
});

describe("a run that is killed", () => {
  it("at any moment is finished by the next one, with one machine", async () => {
    await stack.verb("down");
    for (const seconds of [4, 7, 10, 14, 19]) {
      const run = stack.start("up");
      const killed = setTimeout(() => process.kill(-(run.pid ?? 0), "SIGKILL"), seconds * 1000);
      await run;
      clearTimeout(killed);
    }
    const { url } = await stack.up();
    expect((await ask(url)).status).toBe(200);
    expect((await droplets()).map(({ name }) => name)).toEqual(["slipway-dev"]);
    expect((await stack.up()).changes).toBe("0 changes");
  });
});
