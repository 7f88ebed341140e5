/** What the apps stand on where the machine is not the stack's own making: one that was there, and one of another stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Settings } from "../../stacks/settings";

const recorded: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
const folder = mkdtempSync(join(tmpdir(), "slipway-ground-"));
const rest = { project: "slipway", team: {}, ci: { apps: [] }, apps: [] } as unknown as Settings;
let own: Record<string, unknown>;
let tenant: Record<string, unknown>;

beforeAll(async () => {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      const keys = { privateKeyOpenssh: `private ${name}\n`, publicKeyOpenssh: `public ${name}\n` };
      const outputs = { address: "192.0.2.7", port: 2222, hostKey: "ssh-ed25519 THEIRS", deployKey: "their key" };
      const state = type.startsWith("tls:") ? keys : type === "pulumi:pulumi:StackReference" ? { outputs } : {};
      return { id: `${name}-id`, state: { ...inputs, ...state } };
    },
    call: () => ({}),
  };
  pulumi.runtime.setMocks(mocks, "slipway", "main", false, "organization");
  const { makeGround } = await import("../../stacks/ground");
  const agent = join(folder, "slipway.js");
  writeFileSync(agent, "// the engine");
  const existing = {
    provider: "existing" as const,
    address: "192.0.2.7",
    port: 2222,
    user: "ops",
    hostKey: "ssh-ed25519 AAAA",
    keepData: true,
    sshFrom: ["203.0.113.0/24"],
    protect: false,
  } satisfies Settings["host"];
  const settle = async ({ connection, hostKey, port, ready }: ReturnType<typeof makeGround>) => {
    const all = pulumi.output({ connection, hostKey, port, ready: ready.map(({ urn }) => urn) });
    return (await new Promise((resolve) => all.apply(resolve))) as Record<string, unknown>;
  };
  const main = { ...rest, stack: "main", host: existing, hostPrivateKey: "KEY" };
  own = await settle(makeGround("slipway-main", main, { agent }));
  const other = { provider: "stack", stack: "main", protect: false } as const;
  tenant = await settle(makeGround("slipway-pr-7", { ...rest, stack: "pr-7", host: other }, { agent }));
  await pulumi.runtime.disconnect();
});
afterAll(() => rmSync(folder, { recursive: true }));

const inputsOf = (name: string) => recorded.find((resource) => resource.name === name)?.inputs as Record<string, never>;
const names = (stack: string) =>
  recorded.flatMap(({ type, name }) => (type.startsWith("command:") && name.startsWith(stack) ? [name] : [])).sort();

it("takes a machine in with its owner's key, then works as deploy, and makes no new host key", () => {
  expect(names("slipway-main")).toEqual([
    "slipway-main-adopt",
    "slipway-main-host-agent",
    "slipway-main-host-agent-upload",
    "slipway-main-host-docker",
    "slipway-main-host-firewall",
    "slipway-main-host-packages",
    "slipway-main-host-postgres",
    "slipway-main-host-team",
  ]);
  expect(inputsOf("slipway-main-adopt").create).toBe("sudo bash -euo pipefail -s");
  expect(inputsOf("slipway-main-adopt").connection).toMatchObject({
    value: { host: "192.0.2.7", port: 2222, user: "ops", hostKey: "ssh-ed25519 AAAA", privateKey: "KEY" },
  });
  expect(own).toMatchObject({
    hostKey: "ssh-ed25519 AAAA",
    port: 2222,
    connection: { host: "192.0.2.7", port: 2222, user: "deploy", privateKey: "private slipway-main-login\n" },
  });
});

it("opens the port where sshd listens, and takes the firewall away in the end", () => {
  expect(String(inputsOf("slipway-main-host-firewall").stdin)).toContain("--dport 2222 -s 203.0.113.0/24 -j ACCEPT");
  expect(inputsOf("slipway-main-host-firewall").delete).toMatch(/ drop$/);
  expect(String(inputsOf("slipway-main-host-firewall").stdin).split("\ndrop)\n")[1]).toContain(
    "-D INPUT -j SLIPWAY-INPUT",
  );
});

it("does nothing to another stack's machine but look whether it is there", () => {
  expect(names("slipway-pr-7")).toEqual(["slipway-pr-7-host-there"]);
  expect(tenant).toMatchObject({
    hostKey: "ssh-ed25519 THEIRS",
    port: 2222,
    connection: {
      host: "192.0.2.7",
      port: 2222,
      user: "deploy",
      hostKey: "ssh-ed25519 THEIRS",
      privateKey: "their key",
    },
    ready: [expect.stringContaining("slipway-pr-7-host-there")],
  });
});
