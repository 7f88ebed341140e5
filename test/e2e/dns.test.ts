/** Host names of a stack, asked where anybody would ask: zone and records of the emulated cloud, and the server that answers. */
import { type MxRecord, Resolver } from "node:dns";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestStack } from "./support/stack";

const stack = new TestStack(12);
const zone = "harbour.test";
const records = `/v2/domains/${zone}/records`;
const resolver = new Resolver({ timeout: 2000, tries: 1 });
resolver.setServers([`10.213.${stack.slot}.3`]);
const resolve = promisify(resolver.resolve.bind(resolver)) as (name: string, type: string) => Promise<unknown>;
/** What a name is answered with, or the code of a refusal. */
const asked = (name: string, type = "A") => resolve(name, type).catch((error: NodeJS.ErrnoException) => error.code);

/** Waits, for a second at most, until a name is answered so. */
async function becomes(answer: unknown, name: string, type = "A"): Promise<void> {
  const end = Date.now() + 1000;
  while (JSON.stringify(await asked(name, type)) !== JSON.stringify(answer) && Date.now() < end) await sleep(20);
  expect(await asked(name, type)).toEqual(answer);
}

async function api(method: string, path: string, body?: object): Promise<number> {
  const headers = { authorization: "Bearer sandbox", "content-type": "application/json" };
  const response = await fetch(`${stack.api}${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.status;
}

/** The records of the zone that the cloud did not make with it. */
async function ownRecords(): Promise<string[]> {
  const { domain_records: all } = (await stack.cloud(`${records}?per_page=200`)) as unknown as {
    domain_records: { type: string; name: string; id: number }[];
  };
  return all.filter(({ type }) => type !== "SOA" && type !== "NS").map(({ type, name }) => `${type} ${name}`);
}

/** Brings the stack up. @returns what changed */
async function up(): Promise<string | undefined> {
  const { exitCode, stdout, all } = await stack.verb("up");
  expect(exitCode, all).toBe(0);
  return stdout.split("\n").find((line) => /^\d+ changes?\b/.test(line));
}

let address: string;

beforeAll(async () => {
  await stack.verb("down");
  expect((await stack.verb("sandbox", ["start"])).exitCode).toBe(0);
  // The zone is there already, and somebody else has names in it.
  expect(await api("POST", "/v2/domains", { name: zone })).toBe(201);
  await api("POST", records, { type: "MX", name: "@", data: `mail.${zone}.`, priority: 10 });
  await api("POST", records, { type: "CAA", name: "@", data: "letsencrypt.org.", flags: 0, tag: "issue" });
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:dns"], { provider: "digitalocean", zone, wildcard: [`previews.${zone}`] });
    settings.setIn(
      ["config", "slipway:apps", "notes", "routes"],
      ["notes.localhost", `notes.${zone}`, "notes.example.org"],
    );
    settings.setIn(
      ["config", "slipway:apps", "notes", "env", "DJANGO_ALLOWED_HOSTS"],
      `notes.localhost,notes.${zone},notes.example.org`,
    );
  });
});
afterAll(() => stack.remove());

it("lead to the machine, for anybody and for the machine itself; the rest is to be set by hand", async () => {
  const { exitCode, stdout, all } = await stack.verb("up");
  expect(exitCode, all).toBe(0);
  const { droplets } = (await stack.cloud("/v2/droplets")) as unknown as {
    droplets: { networks: { v4: { type: string; ip_address: string }[] } }[];
  };
  address = droplets[0]?.networks.v4.find(({ type }) => type === "public")?.ip_address ?? "";
  await becomes([address], `notes.${zone}`);
  expect(await asked(`any.previews.${zone}`)).toEqual([address]);
  expect(await asked(`notes.${zone}`, "AAAA")).toBe("ENODATA");
  expect(await asked(`other.${zone}`)).toBe("ENOTFOUND");
  expect(await asked(zone, "MX")).toEqual([{ exchange: `mail.${zone}`, priority: 10 } satisfies MxRecord]);
  expect(await asked(zone, "CAA")).toEqual([{ critical: 0, issue: "letsencrypt.org" }]);
  expect(await stack.onMachine("getent", "ahostsv4", `notes.${zone}`)).toContain(address);
  expect(stdout).toContain(`records to set where your domain is kept:\nnotes.example.org. 120 IN A ${address}\n`);
  expect(stdout).not.toContain(`notes.${zone}. 120`);
});

it("stay as they are, and are mended when somebody deleted one", async () => {
  expect(await up()).toBe("0 changes");
  const { domain_records: found } = (await stack.cloud(`${records}?type=A&name=notes.${zone}`)) as unknown as {
    domain_records: { id: number }[];
  };
  expect(await api("DELETE", `${records}/${found[0]?.id}`)).toBe(204);
  await becomes("ENOTFOUND", `notes.${zone}`);
  const refreshed = await stack.verb("pulumi", ["refresh", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(refreshed.all).toMatch(/- 1 deleted/);
  expect(await up()).toBe("1 change: 1 create");
  await becomes([address], `notes.${zone}`);
});

it("go with what asked for them, and leave what is not the stack's", async () => {
  stack.configure((settings) => settings.setIn(["config", "slipway:dns"], { provider: "digitalocean", zone }));
  expect(await up()).toBe("1 change: 1 delete");
  await becomes("ENOTFOUND", `any.previews.${zone}`);
  const destroyed = await stack.verb("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", "dev"]);
  expect(destroyed.exitCode, destroyed.all).toBe(0);
  expect(await ownRecords()).toEqual(["MX @", "CAA @"]);
  await becomes("ENOTFOUND", `notes.${zone}`);
  expect(await asked(zone, "SOA")).toMatchObject({ nsname: "ns1.digitalocean.com" });
});

it("have no zone to be in: one line says what to do", async () => {
  expect(await api("DELETE", `/v2/domains/${zone}`)).toBe(204);
  await becomes("ENOTFOUND", zone, "SOA");
  const { exitCode, all } = await stack.verb("pulumi", ["preview", "--stack", "dev"]);
  expect(exitCode).not.toBe(0);
  expect(all).toContain(`slipway:dns.zone: ${zone} is no zone of this digitalocean account`);
  expect(all).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
});
