import { hostname } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";

import { parseDocument } from "yaml";
import { markOf, tagOf } from "../../infra/mark";
import { isAtLeast } from "../setup/pulumi";
import { findMade, findStrays, isUnfinished, marksOf, pendingCreates } from "./pendingCreates";
import { describeChanges } from "./pulumiStack";
import { currentSlot } from "./slot";
import { extraBases, forSlot, isSandboxStack, readStackFile, whole } from "./stackFile";
import { areStale } from "./staleLock";

afterEach(() => vi.unstubAllEnvs());

describe("currentSlot", () => {
  it("is 0 unless another is asked for", () => {
    expect(currentSlot({})).toEqual({ number: 0, api: "http://127.0.0.1:8480", registry: "10.213.0.2:5000" });
    expect(currentSlot({ SLIPWAY_SANDBOX_SLOT: "5" })).toEqual({
      number: 5,
      api: "http://127.0.0.1:8530",
      registry: "10.213.5.2:5000",
    });
  });

  it("refuses what is no slot", () => {
    expect(() => currentSlot({ SLIPWAY_SANDBOX_SLOT: "32" })).toThrow('SLIPWAY_SANDBOX_SLOT is "32"; allowed: 0 to 31');
  });
});

describe("a stack's file", () => {
  const text = [
    "# kept",
    "config:",
    "  digitalocean:apiEndpoint: http://127.0.0.1:8480",
    "  slipway:registry:",
    "    server: 10.213.0.2:5000",
    "",
  ].join("\n");

  it("is used as it is in the slot it names", () => {
    expect(forSlot(parseDocument(text), currentSlot({}))).toBeUndefined();
  });

  it("is copied with the addresses of another slot, comments and all", () => {
    expect(forSlot(parseDocument(text), currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" }))).toBe(
      text.replace("8480", "8510").replace("10.213.0.2", "10.213.3.2"),
    );
  });

  it("may send either cloud or both to the sandbox", () => {
    const both = text.replace("  slipway:registry", "  linode:url: http://127.0.0.1:8480\n  slipway:registry");
    const moved = forSlot(parseDocument(both), currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" })) ?? "";
    expect(moved.match(/http:\/\/127\.0\.0\.1:8510/g)).toHaveLength(2);
    expect(isSandboxStack(parseDocument(both))).toBe(true);
    expect(isSandboxStack(parseDocument("config:\n  linode:url: http://127.0.0.1:8480\n"))).toBe(true);
    expect(isSandboxStack(parseDocument(both.replace("linode:url: http://127.0.0.1:8480", "linode:url: x")))).toBe(
      false,
    );
  });

  it("has GitHub at the slot, too, and is none where that is elsewhere", () => {
    const told = (url: string) => parseDocument(`${text}  github:baseUrl: ${url}\n`);
    const slot = currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" });
    expect(forSlot(told("http://127.0.0.1:8480/"), slot)).toContain("github:baseUrl: http://127.0.0.1:8510/\n");
    expect(forSlot(told("http://127.0.0.1:8480/"), currentSlot({}))).toBeUndefined();
    expect(isSandboxStack(told("http://127.0.0.1:8480/"))).toBe(true);
    expect(isSandboxStack(told("https://github.example.com/"))).toBe(false);
  });

  it("is given the slot's registry wherever it names its own", () => {
    const following = parseDocument(`${text}  slipway:apps: { web: { env: { IMAGE: "10.213.0.2:5000/web:main" } } }\n`);
    expect(forSlot(following, currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" }))).toContain('"10.213.3.2:5000/web:main"');
  });

  it("is given the slot's registry where it takes that over from another stack, too", () => {
    const base = (parseDocument(text).toJS() as { config: Record<string, unknown> }).config;
    const read = (stack: string) => (stack === "dev" ? base : undefined);
    const tenant = (other: string) =>
      parseDocument(`config:\n  digitalocean:apiEndpoint: http://127.0.0.1:8480\n  slipway:extends: ${other}\n`);
    const slot = currentSlot({ SLIPWAY_SANDBOX_SLOT: "3" });
    expect(parseDocument(forSlot(whole(tenant("dev"), "pr-7", read), slot) ?? "").toJS()).toEqual({
      config: {
        "digitalocean:apiEndpoint": "http://127.0.0.1:8510",
        "slipway:registry": { server: "10.213.3.2:5000" },
      },
    });
    const wrong = tenant("nowhere");
    expect(whole(wrong, "pr-7", read)).toBe(wrong);
  });

  it("tells which base images its apps want beyond those that are always there", () => {
    const bases =
      "args: { A: slipway-sandbox/ruby:3.3, B: slipway-sandbox/nginx:1.26, C: slipway-sandbox/python:3.13 }";
    expect(extraBases(parseDocument(`${text}  ${bases}\n`))).toEqual(["nginx", "ruby"]);
    expect(extraBases(parseDocument(text))).toEqual([]);
    const database = "slipway:database: { mode: container, image: 10.213.0.2:5000/postgres:17 }";
    expect(extraBases(parseDocument(`${text}  ${database}\n`))).toEqual(["postgres"]);
  });

  it("is found with the example it belongs to", () => {
    vi.stubEnv("SLIPWAY_ROOT", process.cwd());
    vi.stubEnv("SLIPWAY_STACK_FILE", undefined);
    expect(readStackFile("survey").committed).toMatch(/\/examples\/survey\/Pulumi\.survey\.yaml$/);
    expect(() => readStackFile("nowhere")).toThrow("there is no ");
  });

  it("is of the sandbox only if it names a loopback address", () => {
    expect(isSandboxStack(parseDocument(text))).toBe(true);
    expect(isSandboxStack(parseDocument(text.replace("127.0.0.1", "api.example.com")))).toBe(false);
    expect(isSandboxStack(parseDocument("config: {}"))).toBe(false);
  });
});

describe("areStale", () => {
  const lock = { pid: 7, hostname: hostname() };

  it("is true only when every holder ran here and is gone", () => {
    expect(areStale([lock], () => false)).toBe(true);
    expect(areStale([lock], () => true)).toBe(false);
    expect(areStale([lock, { pid: 8, hostname: hostname() }], (pid) => pid === 8)).toBe(false);
    expect(areStale([{ pid: 7, hostname: "elsewhere" }], () => false)).toBe(false);
    expect(areStale([], () => false)).toBe(false);
  });
});

const mark = "0123456789ab";
const operation = (type: string, resourceType: string, inputs: Record<string, unknown>) => ({
  type,
  resource: { urn: `urn:${resourceType}`, type: resourceType, inputs },
});

describe("unfinished creations", () => {
  const exported = {
    deployment: {
      pending_operations: [
        operation("creating", "digitalocean:index/droplet:Droplet", { name: "slipway-dev", tags: [tagOf(mark)] }),
        operation("creating", "digitalocean:index/sshKey:SshKey", { name: "slipway-dev" }),
        operation("creating", "command:remote:Command", { create: "x" }),
        operation("creating", "linode:index/instance:Instance", { label: "slipway-dev" }),
        operation("creating", "linode:index/databasePostgresqlV2:DatabasePostgresqlV2", { label: "slipway-dev" }),
        operation("updating", "digitalocean:index/firewall:Firewall", { name: "slipway-dev" }),
      ],
    },
  };

  it("are read from an exported stack", () => {
    expect(pendingCreates(exported)).toEqual([
      {
        urn: "urn:digitalocean:index/droplet:Droplet",
        type: "digitalocean:index/droplet:Droplet",
        name: "slipway-dev",
        marks: [mark],
      },
      {
        urn: "urn:digitalocean:index/sshKey:SshKey",
        type: "digitalocean:index/sshKey:SshKey",
        name: "slipway-dev",
        marks: [],
      },
      { urn: "urn:command:remote:Command", type: "command:remote:Command", marks: [] },
      {
        urn: "urn:linode:index/instance:Instance",
        type: "linode:index/instance:Instance",
        name: "slipway-dev",
        marks: [],
      },
      {
        urn: "urn:linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
        type: "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
        name: "slipway-dev",
        marks: [],
      },
    ]);
    expect(isUnfinished(exported)).toBe(true);
    expect(isUnfinished({ deployment: {} })).toBe(false);
  });

  it("are found again by name and mark where the cloud has them; another state's of the same name is left to it", async () => {
    const answers: Record<string, unknown> = {
      "/v2/droplets?per_page=200": {
        droplets: [
          { id: 1, name: "other", tags: [tagOf(mark)] },
          { id: 40, name: "slipway-dev", tags: [] },
          { id: 41, name: "slipway-dev", tags: [tagOf("ffffffffffff")] },
          { id: 42, name: "slipway-dev", tags: ["web", tagOf(mark)] },
        ],
      },
      "/v2/account/keys?per_page=200": { ssh_keys: [] },
      "/v4/linode/instances?page_size=500": {
        data: [
          { id: 45, label: "slipway-dev", tags: [tagOf(mark)] },
          { id: 43, label: "slipway-dev", tags: [] },
        ],
      },
      "/v4/databases/postgresql/instances?page_size=500": { data: [{ id: 44, label: "slipway-dev" }] },
    };
    expect(await findMade(pendingCreates(exported), async (path) => answers[path])).toEqual(
      new Map([
        ["urn:digitalocean:index/droplet:Droplet", "42"],
        ["urn:linode:index/instance:Instance", "43"],
        ["urn:linode:index/databasePostgresqlV2:DatabasePostgresqlV2", "44"],
      ]),
    );
  });
});

describe("strays", () => {
  const own = { tags: [tagOf(mark)] };
  const others = { tags: [tagOf("ffffffffffff")] };
  const droplet = { type: "digitalocean:index/droplet:Droplet", id: "2", inputs: { name: "slipway-dev", ...own } };
  const key = { type: "digitalocean:index/sshKey:SshKey", id: "9", inputs: { name: "slipway-dev.aaaaaaaaaaaa" } };
  const exported = { deployment: { resources: [{ type: "pulumi:pulumi:Stack" }, droplet] } };
  const answers: Record<string, unknown> = {
    "/v2/account/keys?per_page=200": {
      ssh_keys: [
        { id: 7, name: `slipway-dev.${mark}` },
        { id: 8, name: "slipway-dev" },
        { id: 9, name: "slipway-dev.ffffffffffff" },
      ],
    },
    "/v2/firewalls?per_page=200": { firewalls: [{ id: "f", name: `another.${mark}` }] },
    "/v2/databases?per_page=200": { databases: [{ id: "d", name: "slipway-dev", ...own }] },
    "/v4/databases/postgresql/instances?page_size=500": { data: [{ id: 4, label: "slipway-dev" }] },
    "/v4/networking/firewalls?page_size=500": { data: [{ id: 5, label: "slipway-dev", ...own }] },
    "/v4/linode/instances?page_size=500": {
      data: [
        { id: 6, label: "slipway-dev", ...own },
        { id: 7, label: "another", ...own },
        { id: 8, label: "slipway-dev", ...others },
      ],
    },
    "/v2/droplets?per_page=200": {
      droplets: [
        { id: 1, name: "slipway-dev", ...own },
        { id: 2, name: "slipway-dev", ...own },
        { id: 3, name: "another", ...own },
        { id: 4, name: "slipway-dev", ...others },
        { id: 5, name: "slipway-dev", tags: [] },
      ],
    },
    "/v2/volumes?per_page=200": {
      volumes: [
        { id: "v", name: "slipway-dev-data", ...own },
        { id: "w", name: "slipway-dev", ...own },
        { id: "x", name: "slipway-dev-data", ...others },
      ],
    },
    "/v4/volumes?page_size=500": { data: [{ id: 8, label: "slipway-dev-data", ...own }] },
  };
  const find = (marks: readonly string[]) =>
    findStrays(exported, { name: "slipway-dev", marks }, async (path) => answers[path]);

  it("bear the stack's name and its mark and are not in its state; without a mark they are told apart from these", async () => {
    const { own: found, unmarked } = await find([mark]);
    expect(found.map(({ path }) => path)).toEqual([
      "/v2/account/keys/7",
      "/v2/droplets/1",
      "/v2/volumes/v",
      "/v2/databases/d",
      "/v4/databases/postgresql/instances/4",
      "/v4/networking/firewalls/5",
      "/v4/linode/instances/6",
      "/v4/volumes/8",
    ]);
    expect(unmarked.map(({ path }) => path)).toEqual(["/v2/account/keys/8", "/v2/droplets/5"]);
    expect((await find([])).own).toEqual([]);
  });

  it("are known by marks that the stack's resources bear, made or about to be, by tag or in their names", () => {
    expect(marksOf(exported)).toEqual([mark]);
    expect(marksOf({ deployment: { resources: [droplet, key] } })).toEqual([mark, "aaaaaaaaaaaa"]);
    expect(
      marksOf({ deployment: { pending_operations: [operation("creating", droplet.type, droplet.inputs)] } }),
    ).toEqual([mark]);
    const login = {
      type: "tls:index/privateKey:PrivateKey",
      urn: "urn:x::slipway-dev-login",
      outputs: { privateKeyOpenssh: { plaintext: JSON.stringify("key\n") } },
    };
    expect(marksOf({ deployment: { resources: [login] } })).toEqual([markOf("key")]);
    const sealed = { ...login, outputs: { privateKeyOpenssh: { ciphertext: "v1:x" } } };
    expect(marksOf({ deployment: { resources: [sealed, { ...login, urn: "urn:x::slipway-dev-ci-key" }] } })).toEqual(
      [],
    );
    const secret = { type: "pulumi:pulumi:Stack", outputs: { plaintext: "{}" } };
    expect(marksOf({ deployment: { resources: [secret, { ...secret, outputs: null }, login] } })).toEqual([
      markOf("key"),
    ]);
    expect(marksOf({ deployment: {} })).toEqual([]);
  });
});

it("says what changed in one line", () => {
  expect(describeChanges({ same: 25, read: 1 })).toBe("0 changes");
  expect(describeChanges({ delete: 25, discard: 1 })).toBe("25 changes: 25 delete");
  expect(describeChanges({ same: 24, update: 1 })).toBe("1 change: 1 update");
  expect(describeChanges({ create: 3, replace: 1, same: 1 })).toBe("4 changes: 3 create, 1 replace");
});

it("takes a CLI that is new enough, and no other", () => {
  expect(isAtLeast("3.258.0", "3.200.0")).toBe(true);
  expect(isAtLeast("3.200.0", "3.200.0")).toBe(true);
  expect(isAtLeast("3.199.9", "3.200.0")).toBe(false);
  expect(isAtLeast("4.0.0-alpha.1", "3.200.0")).toBe(true);
  expect(isAtLeast("", "3.200.0")).toBe(false);
});
