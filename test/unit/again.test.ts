/** What a second run of the program sends to the host: nothing new, unless something changed, and then what was asked for before. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Manifest, type Origin } from "../../agent/manifest";
import type { Provenance } from "../../infra/release/provenance";
import type { AppSettings, Settings } from "../../stacks/settings";

const folder = mkdtempSync(join(tmpdir(), "slipway-again-"));
const agent = join(folder, "slipway.js");
const tag = "ghcr.io/team/notes:main";
const digest = (digit: string) => `ghcr.io/team/notes@sha256:${digit.repeat(64)}`;
let built = digest("a");
let texts: string[] = [];
let types: string[] = [];

const service: AppSettings["compose"]["services"][number] = {
  name: "web",
  source: { build: { context: ".", dockerfile: "Dockerfile", args: {} } },
  port: 8000,
  health: "/healthz",
  compose: {},
};
const notes: AppSettings = {
  name: "notes",
  folder: "./examples/notes",
  compose: { services: [service], volumes: [] },
  routes: [{ host: "notes.localhost", process: "web" }],
  build: { args: {}, platform: "linux/amd64" },
  env: {},
  secrets: {},
  database: { at: { mode: "host" as const }, variables: {} },
  replicas: {},
  resources: {},
  grants: {},
  limits: { health: 60, release: 600, drain: 30, settle: 0, watch: 5, lock: 10, wait: 900 },
  keep: 5,
  snapshot: false,
};
const followed: AppSettings = {
  ...notes,
  compose: { services: [{ ...service, source: { image: tag } }], volumes: [] },
  delivery: { every: 60 },
};

beforeAll(() => {
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      types.push(type);
      if (name === "notes-release-command") texts.push(String(inputs.stdin?.value ?? inputs.stdin));
      const outputs: Record<string, unknown> = {
        privateKeyOpenssh: "private",
        publicKeyOpenssh: "public",
        ipv4Address: "10.213.0.10",
        repoDigest: built,
        result: "password",
        stdout: "release 4 of notes is live\n",
      };
      return { id: type.endsWith(":Droplet") ? "4242" : `${name}-id`, state: { ...inputs, ...outputs } };
    },
    call: () => ({}),
  });
  writeFileSync(agent, "// the engine");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program; resolves with the text the host is sent and what the stack remembers. */
async function run(
  app: AppSettings,
  origin: Origin,
  last?: Provenance,
): Promise<{ text: string; remembered: Provenance }> {
  texts = [];
  types = [];
  const { machine } = await import("../../stacks/machine");
  const settings: Settings = {
    project: "slipway",
    stack: "dev",
    host: {
      provider: "digitalocean",
      region: "fra1",
      size: "s-1vcpu-2gb",
      image: "debian-13-x64",
      sshFrom: ["203.0.113.0/24"],
      protect: false,
    },
    team: {},
    registry: { server: "ghcr.io", username: "bot", password: "registry-password" },
    tls: { mode: "off" },
    ci: { apps: [] },
    apps: [app],
  };
  const { provenance, releases } = machine(settings, {
    origin,
    remembered: pulumi.output<Record<string, Provenance | undefined>>({ notes: last }),
    agent,
  });
  await new Promise((resolve) => pulumi.output(releases).apply(resolve));
  const all = await new Promise<Record<string, Provenance>>((resolve) => provenance.apply(resolve));
  const [text = ""] = texts;
  expect(texts).toHaveLength(1);
  return { text, remembered: all.notes as Provenance };
}

const alice = { sequence: 1, actor: "alice" };
const bob = { sequence: 2, actor: "bob" };
const imagesOf = (text: string) => {
  const { processes, before } = Manifest.parse(JSON.parse(text));
  return { asked: processes.web?.image, before };
};

it("is the same text, byte for byte, by whomever, so that nothing that others released since is touched", async () => {
  const first = await run(notes, alice);
  const second = await run(notes, bob, first.remembered);
  expect(second).toEqual(first);
  expect(imagesOf(first.text)).toEqual({ asked: digest("a"), before: undefined });
});

it("says with a changed setting that the image is the one asked for before, and with a new image which it was", async () => {
  const first = await run(notes, alice);
  const setting = await run({ ...notes, env: { LEVEL: "debug" } }, bob, first.remembered);
  expect(imagesOf(setting.text)).toEqual({ asked: digest("a"), before: { web: digest("a") } });
  built = digest("b");
  const image = await run({ ...notes, env: { LEVEL: "debug" } }, bob, setting.remembered);
  expect(imagesOf(image.text)).toEqual({ asked: digest("b"), before: { web: digest("a") } });
});

it("builds nothing for an app whose host follows a tag, and names the tag", async () => {
  await run(notes, alice);
  expect(types).toContain("docker:index/image:Image");
  const first = await run(followed, alice);
  const { text } = first;
  expect(types).not.toContain("docker:index/image:Image");
  expect(Manifest.parse(JSON.parse(text))).toMatchObject({
    delivery: { every: 60 },
    processes: { web: { image: tag } },
  });
  expect(await run(followed, bob, first.remembered)).toEqual(first);
});
