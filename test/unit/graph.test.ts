import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINE, FRONT } from "../../agent/front";
import { Manifest } from "../../agent/manifest";
import { Order } from "../../agent/notify/order";
import { agentBundle } from "../../infra/host/steps";
import { markOf, tagOf } from "../../infra/mark";
import type { Settings } from "../../stacks/settings";

interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const digest = `10.213.0.2:5000/notes@sha256:${"a".repeat(64)}`;
const recorded: Recorded[] = [];
const folder = mkdtempSync(join(tmpdir(), "slipway-graph-"));
let outputs: Record<string, unknown>;
/** Whether each of these outputs is one that Pulumi encrypts. */
let isSecret: { readonly deployKey: boolean; readonly provenance: boolean; readonly ci: boolean };

const settings: Settings = {
  project: "slipway",
  stack: "dev",
  host: {
    provider: "digitalocean",
    region: "fra1",
    size: "s-1vcpu-2gb",
    image: "debian-13-x64",
    sshFrom: ["203.0.113.0/24"],
    protect: true,
    backups: true,
    volume: { size: 20 },
  },
  team: { alice: "ssh-ed25519 ALICE alice" },
  registry: {
    server: "10.213.0.2:5000",
    username: "slipway",
    password: "registry-password",
    pull: { username: "reader", password: "pull-password" },
  },
  tls: { mode: "off" },
  ci: { apps: ["notes"] },
  notify: { on: ["failure", "disk"], disk: 10, slack: { webhook: "https://hooks.example.com/webhook-path" } },
  apps: [
    {
      name: "notes",
      folder: "./examples/notes",
      compose: {
        services: [
          {
            name: "web",
            source: { build: { context: ".", dockerfile: "Dockerfile", args: {} } },
            port: 8000,
            health: "/healthz",
            release: ["migrate"],
            compose: {},
          },
          {
            name: "worker",
            source: { build: { context: ".", dockerfile: "Dockerfile", args: {} } },
            compose: { command: ["work"] },
          },
        ],
        volumes: [],
      },
      routes: [{ host: "notes.localhost", process: "web" }],
      build: { args: {}, platform: "linux/amd64" },
      env: { LEVEL: "info" },
      secrets: { SECRET_KEY: "generate", MAIL_TOKEN: { value: "mail-token" } },
      database: { at: { mode: "host" }, variables: {} },
      replicas: { web: 2 },
      resources: {},
      grants: {},
      limits: { health: 60, release: 600, drain: 30, settle: 0, watch: 5, lock: 10, wait: 900 },
      keep: 5,
      snapshot: { keep: 5, limit: 2000 },
    },
  ],
};

beforeAll(async () => {
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      return { id: type.endsWith(":Droplet") ? "4242" : `${name}-id`, state: { ...inputs, ...computed(type, name) } };
    },
    call: () => ({}),
  });
  const { machine } = await import("../../stacks/machine");
  const agent = join(folder, "slipway.js");
  writeFileSync(agent, "// the engine");
  const run = {
    origin: { sequence: 7, actor: "alice" },
    remembered: pulumi.output<Record<string, undefined>>({}),
    agent,
  };
  const made = machine(settings, run);
  outputs = (await settled(pulumi.output(made))) as Record<string, unknown>;
  isSecret = {
    deployKey: await pulumi.isSecret(made.deployKey),
    provenance: await pulumi.isSecret(made.provenance),
    ci: await pulumi.isSecret(pulumi.output(made.ci)),
  };
  await pulumi.runtime.disconnect();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What each kind of resource would answer. */
function computed(type: string, name: string): Record<string, unknown> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyOpenssh: `private ${name}\n`, publicKeyOpenssh: `public ${name}\n` };
    case "digitalocean:index/droplet:Droplet":
      return { ipv4Address: "10.213.0.10" };
    case "docker:index/image:Image":
      return { repoDigest: digest };
    case "random:index/randomPassword:RandomPassword":
      return { result: `password-of-${name}` };
    case "command:remote:Command":
      return {
        stdout: name.endsWith("first-contact")
          ? "ssh-ed25519 HOSTKEY\n"
          : "release 4 of notes is live: http://notes.localhost\n",
      };
    default:
      return {};
  }
}

function settled<T>(output: pulumi.Output<T>): Promise<unknown> {
  return new Promise((resolve) => output.apply(resolve));
}

const only = (name: string): Recorded => {
  const found = recorded.filter((resource) => resource.name === name);
  expect(found).toHaveLength(1);
  return found[0] as Recorded;
};

/** Value of an input, taken out of the wrapping Pulumi gives secrets on the way to the engine. */
const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "value" in value && Object.keys(value).length === 2
    ? (value as { value: unknown }).value
    : value;

describe("the graph of one machine", () => {
  it("is made of exactly these resources", () => {
    expect(recorded.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "command:local:Command slipway-dev-tenants-digitalocean",
      "command:remote:Command notes-claim-command",
      "command:remote:Command notes-database-role",
      "command:remote:Command notes-release-command",
      "command:remote:Command slipway-dev-host-agent",
      "command:remote:Command slipway-dev-host-docker",
      "command:remote:Command slipway-dev-host-firewall",
      "command:remote:Command slipway-dev-host-first-contact",
      "command:remote:Command slipway-dev-host-packages",
      "command:remote:Command slipway-dev-host-postgres",
      "command:remote:Command slipway-dev-host-sshd",
      "command:remote:Command slipway-dev-host-team",
      "command:remote:Command slipway-dev-host-volume",
      "command:remote:Command slipway-dev-notify-order",
      "command:remote:CopyToRemote slipway-dev-host-agent-upload",
      "digitalocean:index/droplet:Droplet slipway-dev-droplet",
      "digitalocean:index/firewall:Firewall slipway-dev-firewall",
      "digitalocean:index/sshKey:SshKey slipway-dev-ssh-key",
      "digitalocean:index/volume:Volume slipway-dev-volume",
      "docker:index/image:Image notes-image",
      "random:index/randomPassword:RandomPassword notes-database-password",
      "random:index/randomPassword:RandomPassword notes-secret-SECRET_KEY",
      "slipway:database:AppDatabase notes-database",
      "slipway:host:Bootstrap slipway-dev-host",
      "slipway:host:CiAccess slipway-dev-ci",
      "slipway:host:DropletHost slipway-dev",
      "slipway:host:TenantsGuard slipway-dev-tenants",
      "slipway:notify:Notifications slipway-dev-notify",
      "slipway:policy:StackFacts slipway-dev-facts",
      "slipway:registry:AppImages notes",
      "slipway:release:AppClaim notes-claim",
      "slipway:release:AppRelease notes-release",
      "tls:index/privateKey:PrivateKey slipway-dev-ci-key",
      "tls:index/privateKey:PrivateKey slipway-dev-host-key",
      "tls:index/privateKey:PrivateKey slipway-dev-login",
    ]);
  });

  it("knows the machine's host key before the first connection, and the host's own one afterwards", () => {
    expect(plain(only("slipway-dev-host-first-contact").inputs.connection)).toMatchObject({
      host: "10.213.0.10",
      user: "deploy",
      hostKey: "public slipway-dev-host-key",
    });
    for (const name of [
      "slipway-dev-host-sshd",
      "slipway-dev-host-packages",
      "notes-database-role",
      "notes-release-command",
    ]) {
      expect(plain(only(name).inputs.connection)).toMatchObject({ hostKey: "ssh-ed25519 HOSTKEY" });
    }
    expect(String(plain(only("slipway-dev-droplet").inputs.userData))).toContain("private slipway-dev-host-key");
  });

  it("bears the mark of the stack's own key, and so does all that it made in the cloud", () => {
    const mark = markOf("private slipway-dev-login");
    expect(only("slipway-dev-droplet").inputs).toMatchObject({ tags: [tagOf(mark)] });
    expect(only("slipway-dev-volume").inputs).toMatchObject({ tags: [tagOf(mark)] });
    expect(only("slipway-dev-firewall").inputs).toMatchObject({ name: `slipway-dev.${mark}` });
    expect(only("slipway-dev-ssh-key").inputs).toMatchObject({ name: `slipway-dev.${mark}` });
    expect(only("notes-claim-command").inputs.create).toBe(
      `sudo env SLIPWAY_MARK\\=${mark} slipway claim notes --stack slipway/dev`,
    );
    const { create, update, stdin } = only("notes-database-role").inputs;
    expect([create, update]).toEqual(["make", "adopt"].map((arm) => `sudo bash -euo pipefail -s -- ${arm}`));
    expect(String(plain(stdin))).toContain(`-v remark='slipway slipway/dev ${mark}'`);
  });

  it("stands behind its firewall by id, and not by a tag, whose counts a refresh would report", () => {
    expect(only("slipway-dev-firewall").inputs).toMatchObject({ dropletIds: [4242] });
    expect(only("slipway-dev-firewall").inputs).not.toHaveProperty("tags");
    expect(only("slipway-dev-droplet").inputs).toMatchObject({
      name: "slipway-dev",
      size: "s-1vcpu-2gb",
      resizeDisk: false,
      backups: true,
    });
  });

  it("has its data on a volume that it lets go of only when it has shut down", () => {
    expect(only("slipway-dev-volume").inputs).toMatchObject({ name: "slipway-dev-data", region: "fra1", size: 20 });
    expect(only("slipway-dev-droplet").inputs).toMatchObject({
      volumeIds: ["slipway-dev-volume-id"],
      gracefulShutdown: true,
    });
    expect(String(plain(only("slipway-dev-host-volume").inputs.stdin))).toContain(
      "device=/dev/disk/by-id/scsi-0DO_Volume_slipway-dev-data",
    );
    expect(outputs.volumeSize).toBe(20);
  });

  it("pushes by one login and gives hosts the other, which may only read", () => {
    const image = plain(only("notes-image").inputs.registry) as Record<string, unknown>;
    expect([image.username, plain(image.password)]).toEqual(["slipway", "registry-password"]);
    const manifest = Manifest.parse(JSON.parse(String(plain(only("notes-release-command").inputs.stdin))));
    expect(manifest.registry).toEqual({ server: "10.213.0.2:5000", username: "reader", password: "pull-password" });
    const onTheHost = recorded.filter(({ type }) => type.startsWith("command:"));
    expect(JSON.stringify(onTheHost)).not.toContain("registry-password");
  });

  it("hands the host a manifest by digest, with who asked", () => {
    const manifest = Manifest.parse(JSON.parse(String(plain(only("notes-release-command").inputs.stdin))));
    expect(manifest.origin).toEqual({ sequence: 7, actor: "alice" });
    expect(manifest.processes.web).toEqual({ image: digest, compose: {}, replicas: 2, port: 8000, health: "/healthz" });
    expect(manifest.processes.worker).toEqual({ image: digest, compose: { command: ["work"] }, replicas: 1 });
    expect(manifest.release).toEqual({ process: "web", command: ["migrate"] });
    expect(manifest.environment).toEqual({
      PUBLIC_URL: "http://notes.localhost",
      LEVEL: "info",
      SECRET_KEY: "password-of-notes-secret-SECRET_KEY",
      MAIL_TOKEN: "mail-token",
      DATABASE_URL: "postgres://notes:password-of-notes-database-password@172.29.0.1:5432/notes",
      DB_HOST: "172.29.0.1",
      DB_PORT: "5432",
      DB_NAME: "notes",
      DB_USER: "notes",
      DB_PASSWORD: "password-of-notes-database-password",
    });
    expect(manifest.secrets).toEqual(["DATABASE_URL", "DB_PASSWORD", "MAIL_TOKEN", "SECRET_KEY"]);
  });

  it("puts no secret into a command line", () => {
    const lines = recorded
      .flatMap(({ inputs }) => [inputs.create, inputs.update, inputs.delete])
      .map(String)
      .join("\n");
    for (const secret of [
      "password-of",
      "mail-token",
      "registry-password",
      "pull-password",
      "webhook-path",
      "private ",
    ])
      expect(lines).not.toContain(secret);
  });

  it("gives back URLs, address, digest and release number", () => {
    expect(outputs).toMatchObject({
      urls: { notes: ["http://notes.localhost"] },
      address: "10.213.0.10",
      ssh: "ssh deploy@10.213.0.10",
      hostKey: "ssh-ed25519 HOSTKEY",
      releases: { notes: { number: 4, images: { web: digest, worker: digest } } },
    });
  });

  it("gives back the key of deploy, for the verbs to log in with, and only as a secret", () => {
    expect(outputs.deployKey).toBe("private slipway-dev-login\n");
    expect(isSecret).toEqual({ deployKey: true, provenance: true, ci: true });
  });

  it("lets CI in by a key of its own, at the gate, and gives back all that its ssh needs", () => {
    const lines = String(plain(only("slipway-dev-host-team").inputs.stdin)).split("\n");
    const first = lines.indexOf("cat > /home/deploy/.ssh/authorized_keys.new <<'END'") + 1;
    expect(lines.slice(first, lines.indexOf("END"))).toEqual([
      "public slipway-dev-login",
      "ssh-ed25519 ALICE alice",
      `restrict,command="${FRONT} gate --apps notes" public slipway-dev-ci-key slipway-ci`,
    ]);
    expect(outputs.ci).toEqual({
      host: "10.213.0.10",
      user: "deploy",
      knownHosts: "10.213.0.10 ssh-ed25519 HOSTKEY\n",
      privateKey: "private slipway-dev-ci-key\n",
    });
  });

  it("hands the host an order on whom to tell of what, which its engine understands, and takes it back", () => {
    const { create, delete: undone, stdin } = only("slipway-dev-notify-order").inputs;
    expect([create, undone]).toEqual(["sudo slipway notify set", "sudo slipway notify unset --stack slipway/dev"]);
    expect(Order.parse(JSON.parse(String(plain(stdin))))).toEqual({
      version: 1,
      stack: "slipway/dev",
      machine: true,
      on: ["failure", "disk"],
      disk: 10,
      slack: { webhook: "https://hooks.example.com/webhook-path" },
    });
  });

  it("installs the engine where its own front looks for it", () => {
    expect(agentBundle).toBe(ENGINE);
    expect(
      String(plain(only("slipway-dev-host-agent").inputs.stdin))
        .split("\n")
        .slice(3, 6),
    ).toEqual([`mv ${ENGINE}.new ${ENGINE}`, `node ${ENGINE} setup`, "slipway --version"]);
  });
});
