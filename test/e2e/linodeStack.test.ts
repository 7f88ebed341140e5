/** A stack on a Linode: the same app and settings as on a droplet, another provider; one step after another on one machine. */
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(10);
let url = "";
const plain = { ...process.env, NO_COLOR: "1" } as Record<string, string>;

beforeAll(async () => {
  stack.configure((settings) => {
    settings.deleteIn(["config", "digitalocean:apiEndpoint"]);
    settings.setIn(["config", "linode:url"], "http://127.0.0.1:8480");
    settings.setIn(["config", "slipway:host"], {
      provider: "linode",
      region: "eu-central",
      size: "g6-standard-1",
      sshFrom: ["10.213.0.0/16"],
    });
  });
  await stack.verb("down");
  await stack.verb("sandbox", ["start"]);
});
afterAll(() => stack.remove());

const linodes = async () =>
  (await stack.cloud("/v4/linode/instances")).data as unknown as {
    id: number;
    label: string;
    type: string;
    status: string;
    ipv4: string[];
  }[];
const release = async () => Number(/id="release">(\d+)</.exec((await ask(url)).body)?.[1]);
const size = (type: string) => stack.configure((settings) => settings.setIn(["config", "slipway:host", "size"], type));

describe("a stack on a Linode", () => {
  it("whose order is carried out while its answer is lost is mended by the next run, without a second machine", async () => {
    await stack.control("POST", "faults", { kind: "lost", path: "/v4/linode/instances", method: "POST", times: 1 });
    const lost = await stack.verb("up");
    expect(lost.exitCode).not.toBe(0);
    expect(lost.all).toContain("[400] [label] Label must be unique among your linodes");
    expect(lost.stderr).toMatch(
      /Linode did not create Instance .*\n +mend: there is one of that name .* linode-cli linodes list$/,
    );
    const mended = await stack.verb("up");
    expect(mended.all).toContain("Instance slipway-dev was made by a run that was cut off");
    expect(mended.exitCode).toBe(0);
    url = mended.stdout.trim().split("\n").at(-1) ?? "";
    expect(await linodes()).toHaveLength(1);
  });

  it("answers at its URL, and from outside on 22 and 80 only", async () => {
    expect(url).toMatch(/^http:\/\/notes\.localhost:\d+\/$/);
    expect(await release()).toBe(1);
    const [machine] = await linodes();
    expect(machine).toMatchObject({ label: "slipway-dev", type: "g6-standard-1", status: "running" });
    const open: number[] = [];
    for (const port of [22, 80, 443, 2375, 5432, 8000]) {
      const probe = `exec 3<>/dev/tcp/${machine?.ipv4[0]}/${port}`;
      if ((await execa("timeout", ["1", "bash", "-c", probe], { reject: false })).exitCode === 0) open.push(port);
    }
    expect(open).toEqual([22, 80]);
  });

  it("has no password of root's, no login of root's, and no host key of first contact, in state or machine", async () => {
    const state = stack.state();
    expect(state).toContain("linode:index/instance:Instance");
    expect(state).not.toMatch(/"rootPass": "[^"]|BEGIN OPENSSH PRIVATE KEY/);
    // User data, in the form that Linode takes it.
    expect(state).not.toContain(Buffer.from("#cloud-config\n").toString("base64").slice(0, 18));
    const sshd = await stack.onMachine("sshd", "-T");
    expect(sshd).toContain("permitrootlogin no");
    expect(sshd).toContain("passwordauthentication no");
    expect(await stack.onMachine("bash", "-c", "ls /etc/ssh")).not.toContain("ssh_host_ecdsa_key");
  });

  it("is not changed by a second run, nor has a refresh any news", async () => {
    expect((await stack.up()).changes).toBe("0 changes");
    const refreshed = await stack.verb("pulumi", ["refresh", "--yes", "--skip-preview", "--expect-no-changes"], plain);
    expect(refreshed.all).toMatch(/\d+ unchanged/);
    expect(refreshed.exitCode).toBe(0);
  });

  it("takes a change of the app and a larger type in place, and a smaller one back", async () => {
    const [before] = await linodes();
    stack.edit("board/templates/board/board.html", (text) => text.replace("<h1>", "<h1>Linode: "));
    size("g6-standard-2");
    await stack.up();
    expect((await ask(url)).body).toContain("Linode: ");
    expect(await linodes()).toEqual([expect.objectContaining({ id: before?.id, type: "g6-standard-2" })]);
    size("g6-standard-1");
    expect((await stack.up()).changes).toBe("1 change: 1 update");
    expect(await linodes()).toEqual([
      expect.objectContaining({ id: before?.id, type: "g6-standard-1", status: "running" }),
    ]);
  });

  it("is replaced for another region, not moved", async () => {
    stack.configure((settings) => settings.setIn(["config", "slipway:host", "region"], "us-east"));
    const preview = await stack.verb("pulumi", ["preview", "--diff"], plain);
    expect(preview.all).toMatch(/-\+ linode:index\/instance:Instance|linode:index\/instance:Instance: \(replace\)/);
    stack.configure((settings) => settings.setIn(["config", "slipway:host", "region"], "eu-central"));
  });

  it("goes without a trace", async () => {
    expect((await stack.verb("down")).exitCode).toBe(0);
    const left = await stack.docker("ps", "--all", "--quiet", "--filter", `label=slipway.sandbox=${stack.slot}`);
    expect(left).toEqual([]);
  });
});
