/** The policy pack in real previews. Nothing is made: a preview asks the cloud of a new stack nothing. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OwnState } from "./support/ownState";

const root = process.cwd();
const pack = join(root, "policy", "serve");
const state = new OwnState("shop");

/** A production stack that no rule has anything against. */
const good = {
  "digitalocean:apiEndpoint": "http://127.0.0.1:9",
  "slipway:host": {
    provider: "digitalocean",
    region: "fra1",
    size: "s-1vcpu-2gb",
    sshFrom: ["203.0.113.0/24"],
    protect: true,
    backups: true,
  },
  "slipway:registry": { server: "127.0.0.1:9", username: "slipway" },
  "slipway:tls": { mode: "off" },
  "slipway:apps": {
    notes: { folder: "examples/notes", routes: ["notes.localhost"], secrets: { SECRET_KEY: "generate" } },
  },
};

/** Settles the settings and previews them with the pack. */
async function preview(config: Record<string, unknown>) {
  state.configure(config);
  await state.pulumi("config", "set", "--secret", "slipway:registry.password", "x");
  return state.pulumi("preview", "--policy-pack", pack);
}

/** Names of the rules that refused, in alphabetical order. */
const refusals = (text: string) =>
  [...new Set([...text.matchAll(/\[mandatory\] {2}(\S+)/g)].map(([, name]) => name))].sort();

beforeAll(() => state.open());
afterAll(() => state.remove());

describe("a stack's settings", () => {
  it("are refused by every rule they break, all at once, and no secret is shown", async () => {
    const password = "hunter22";
    const bad = await preview({
      ...good,
      "digitalocean:token": "a-token-in-clear",
      "slipway:policies": { production: true },
      "slipway:host": { ...good["slipway:host"], sshFrom: ["0.0.0.0/0"], protect: false, backups: false },
      "slipway:database": { mode: "container", image: "postgres:17" },
      "slipway:apps": {
        notes: {
          ...good["slipway:apps"].notes,
          snapshot: false,
          env: { CACHE: `redis://shop:${password}@cache.example.com` },
        },
      },
    });
    expect(bad.exitCode, bad.all).not.toBe(0);
    expect(refusals(bad.all)).toEqual([
      "data-unprotected",
      "image-by-tag",
      "no-backup",
      "secret-in-clear",
      "ssh-from-anywhere",
    ]);
    expect(bad.all).toContain("slipway:host.sshFrom: 0.0.0.0/0 lets anybody try to log in");
    expect(bad.all).toContain("digitalocean:token: a secret stands here in clear");
    expect(bad.all).toContain("slipway:apps.notes.env.CACHE: a secret stands here in clear");
    expect(bad.all).not.toContain(password);
    expect(bad.all).not.toContain("a-token-in-clear");
  });

  it("are told where they are no production's, or where the owner has said why", async () => {
    const open = { ...good["slipway:host"], sshFrom: ["0.0.0.0/0"], protect: false };
    const why = "nobody here has a fixed address";
    const accepted = { production: false, accept: { "ssh-from-anywhere": why } };
    const told = await preview({ ...good, "slipway:host": open, "slipway:policies": accepted });
    expect(told.exitCode, told.all).toBe(0);
    expect(refusals(told.all)).toEqual([]);
    expect(told.all).toContain(`(ssh-from-anywhere, accepted: ${why}) slipway:host.sshFrom`);
    expect(told.all).toContain("(data-unprotected, refused in production) slipway:host.protect");
  });

  it("may let a machine be replaced only if they name it", async () => {
    const exported = JSON.parse((await state.run(["stack", "export", "--stack", "shop"], state.folder)).stdout);
    const urn = "urn:pulumi:shop::slipway::pulumi:pulumi:Stack::slipway-shop";
    // A stack that had a machine.
    exported.deployment.resources = [
      { urn, custom: false, type: "pulumi:pulumi:Stack", outputs: { address: "203.0.113.9" } },
    ];
    const imported = await state.run(["stack", "import", "--stack", "shop"], state.folder, JSON.stringify(exported));
    expect(imported.exitCode, imported.all).toBe(0);

    const replaced = await preview(good);
    expect(replaced.exitCode).not.toBe(0);
    expect(refusals(replaced.all)).toEqual(["machine-replaced"]);
    expect(replaced.all).toContain("consent: slipway:host.replace: 203.0.113.9");

    // What CI runs hears from them in time, too.
    const deployed = await state.verb("deploy", ["shop"]);
    expect(deployed.exitCode, deployed.all).toBe(1);
    expect(refusals(deployed.all)).toEqual(["machine-replaced"]);
    const left = JSON.parse((await state.run(["stack", "export", "--stack", "shop"], state.folder)).stdout);
    expect(left.deployment.resources.map(({ type }: { type: string }) => type)).toEqual(["pulumi:pulumi:Stack"]);

    const consented = await preview({ ...good, "slipway:host": { ...good["slipway:host"], replace: "203.0.113.9" } });
    expect(consented.exitCode, consented.all).toBe(0);
  });
});

describe("what a program makes besides its settings", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-program-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("is looked at, too", async () => {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{ "main": "index.js", "version": "1.0.0" }');
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: other\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    writeFileSync(
      join(folder, "index.js"),
      `const pulumi = require("@pulumi/pulumi");
const digitalocean = require("@pulumi/digitalocean");
const facts = ${JSON.stringify({
        production: true,
        accepted: {},
        host: { provider: "digitalocean", protect: true, sshFrom: [], volume: false, backups: true },
        apps: {},
        clear: [],
      })};
class Facts extends pulumi.ComponentResource {
  constructor() {
    super("slipway:policy:StackFacts", "facts", facts);
    this.registerOutputs(facts);
  }
}
new Facts();
const everybody = ["0.0.0.0/0"];
const cluster = new digitalocean.DatabaseCluster("db", { engine: "pg", version: "17", size: "db-s-1vcpu-1gb", region: "fra1", nodeCount: 1 });
new digitalocean.DatabaseFirewall("db", { clusterId: cluster.id, rules: [{ type: "ip_addr", value: everybody[0] }] });
new digitalocean.Firewall("ssh", { inboundRules: [{ protocol: "tcp", portRange: "1-1024", sourceAddresses: everybody }] });
`,
    );
    await state.run(["stack", "init", "other"], folder);
    const { exitCode, all } = await state.run(["preview", "--stack", "other", "--policy-pack", pack], folder);
    expect(exitCode, all).not.toBe(0);
    expect(refusals(all)).toEqual(["data-unprotected-in-resources", "database-open", "ssh-from-anywhere-in-resources"]);
    expect(all).toContain("DatabaseFirewall db: 0.0.0.0/0 may connect");
    expect(all).toContain("Firewall ssh: port 22 is open to 0.0.0.0/0");
    expect(all).toContain("DatabaseCluster db: is not protected");
  });
});

it("is started from its folder, too, as the language host of an older Pulumi does it", async () => {
  const host = spawn("node", [join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:0", "."], {
    cwd: join(root, "policy"),
  });
  const port = await new Promise<string>((resolve, reject) => {
    let heard = "";
    host.stdout.on("data", (piece: Buffer) => {
      heard += piece;
      if (heard.includes("\n")) resolve(heard.trim());
    });
    host.stderr.on("data", (piece: Buffer) => {
      heard += piece;
    });
    host.once("exit", () => reject(new Error(heard)));
  });
  host.kill();
  expect(Number(port)).toBeGreaterThan(0);
});
