/** What lives on a data volume outlives the machine: uploads and databases come back with the next one. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestStack } from "./support/stack";

const stack = new TestStack(17);
const asApp = (sql: string) => stack.onMachine("sudo", "-u", "postgres", "psql", "-d", "notes", "-XqAtc", sql);
const upload = "/var/lib/docker/volumes/uploads/_data/photo";

/** What the program and the sandbox both must never get wrong. */
async function expectData(): Promise<void> {
  expect(await stack.onMachine("cat", upload)).toBe("a photo");
  expect(await asApp("SELECT text FROM kept")).toBe("42");
  const places = ["/var/lib/docker/volumes", "/var/lib/postgresql"];
  for (const place of places) expect(await stack.onMachine("findmnt", "-no", "FSROOT", place)).toMatch(/^\/\w/);
}

beforeAll(async () => {
  const { exitCode, all } = await stack.verb("down");
  expect(exitCode, all).toBe(0);
});
afterAll(async () => {
  await stack.remove();
  // Those who took an address are nobody's.
  await stack.verb("sandbox", ["stop", "--purge"]);
});

it("takes over what a machine has, the containers' volumes and the databases", async () => {
  await stack.up();
  await stack.onMachine("docker", "volume", "create", "uploads");
  await stack.onMachine("sh", "-c", `printf 'a photo' > ${upload}`);
  await asApp("SET ROLE notes; CREATE TABLE kept (text text); INSERT INTO kept VALUES (42)");
  const running = await stack.onMachine("docker", "ps", "-q", "--no-trunc");
  stack.configure((settings) => settings.setIn(["config", "slipway:host", "volume"], { size: 10 }));
  await stack.up();
  await expectData();
  expect(await stack.onMachine("docker", "ps", "-q", "--no-trunc")).toBe(running);
  expect((await stack.up()).changes).toBe("0 changes");
});

it("takes a larger size while it is in use, and never a smaller one", async () => {
  stack.configure((settings) => settings.setIn(["config", "slipway:host", "volume", "size"], 12));
  await stack.up();
  stack.configure((settings) => settings.setIn(["config", "slipway:host", "volume", "size"], 11));
  const refused = await stack.verb("up");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.all).toContain("slipway:host.volume.size is 11, but the volume has 12 GB already");
  stack.configure((settings) => settings.setIn(["config", "slipway:host", "volume", "size"], 12));
});

it("is there after a restart of the machine, before anything that needs it", async () => {
  await stack.onMachine("systemctl", "reboot").catch(() => undefined);
  for (let tries = 0; tries < 120; tries += 1) {
    if ((await asApp("SELECT 1").catch(() => "")) === "1") break;
    await sleep(500);
  }
  await expectData();
});

it("stays when its setting is lost", async () => {
  stack.configure((settings) => settings.deleteIn(["config", "slipway:host", "volume"]));
  const refused = await stack.verb("up");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.all).toContain("slipway:host.volume is gone from the settings: put it back");
  await expectData();
  stack.configure((settings) => settings.setIn(["config", "slipway:host", "volume"], { size: 12 }));
});

function cloud(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${stack.api}${path}`, {
    method,
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function machineId(): Promise<number | undefined> {
  const { droplets = [] } = (await stack.cloud("/v2/droplets")) as unknown as {
    droplets?: { id: number; name: string }[];
  };
  return droplets.find(({ name }) => name === "slipway-dev")?.id;
}

it("stays, and the machine with it, while that has another stack's app or can't say whether it has", async () => {
  const urn =
    "urn:pulumi:dev::slipway::slipway:host:DropletHost$digitalocean:index/droplet:Droplet::slipway-dev-droplet";
  const before = await machineId();
  const keptAll = async (verb: string, args: string[], said: string) => {
    const { exitCode, all } = await stack.verb(verb, args);
    expect([exitCode === 0, all]).toEqual([false, expect.stringContaining(said)]);
    expect(await machineId()).toBe(before);
    await expectData();
  };
  await stack.onMachine("slipway", "claim", "theirs", "--stack", "slipway/pr-7");
  const theirs = "this host has tenants, who would lose their apps and data with it: app theirs of stack slipway/pr-7";
  await keptAll("pulumi", ["up", "--yes", "--skip-preview", "--replace", urn], theirs);
  await stack.onMachine("systemctl", "stop", "ssh.service", "ssh.socket");
  await keptAll("down", [], "nobody can tell whether other stacks have apps on the machine");
  await stack.onMachine("systemctl", "start", "ssh.service");
  await stack.onMachine("rm", "-r", "/var/lib/slipway/apps/theirs");
  expect((await stack.up()).changes).toBe("0 changes");
});

/** Destroys the machine behind Pulumi's back; whoever comes first takes the address that is free. */
async function destroyByHand(): Promise<void> {
  const id = await machineId();
  await cloud("DELETE", `/v2/droplets/${id}`);
  while ((await cloud("GET", `/v2/droplets/${id}`)).status !== 404) await sleep(500);
  const squatter = { name: "squatter", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };
  await cloud("POST", "/v2/droplets", squatter);
  expect((await stack.verb("pulumi", ["refresh", "--yes", "--skip-preview"])).exitCode).toBe(0);
}

it("comes back with a machine that replaces one that was destroyed by hand, at another address", async () => {
  await destroyByHand();
  await stack.up();
  await expectData();
  expect((await stack.up()).changes).toBe("0 changes");
});

it("is removed with a stack whose machine is gone already: nothing there is asked to undo anything", async () => {
  await destroyByHand();
  const { exitCode, all } = await stack.verb("down");
  expect(exitCode, all).toBe(0);
  expect((await stack.cloud("/v2/volumes")).volumes).toEqual([]);
});
