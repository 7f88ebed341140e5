import { createSandboxApp, type Sandbox, type SandboxDeps } from "./app";
import { defaultNetwork } from "./cloud/network";
import type { Settings } from "./control/settings";
import { type MemoryDatabases, memoryDatabases } from "./databases/memory";
import { type MemoryNames, memoryNames } from "./dns/memory";
import { type MemoryMachines, memoryMachines } from "./machines/memory";
import { memoryStore } from "./store/memory";

/** What a request got: status, headers and the body as JSON (`undefined` if there is none). */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests name the members they expect, and compare them exactly
  readonly body: any;
}

/** A sandbox in process with machines in memory, its time standing still at the start. */
export interface TestSandbox extends Sandbox {
  readonly machines: MemoryMachines;
  readonly databases: MemoryDatabases;
  readonly names: MemoryNames;
  readonly deps: SandboxDeps;
  /** What was logged so far. */
  readonly lines: string[];
  /** Asks with a token; `/_sandbox` paths are asked the same way. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Got>;
}

/** When the time of tests stands. */
export const NOW = "2026-11-21T12:00:00Z";

/** A key in OpenSSH's form, and its fingerprint as `ssh-keygen -l -E md5` tells it. */
export const KEY = {
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6fbiebyaOY2Fzn1RXewAv9N/CnrwPBzeKXb6dMpr2s ada@example.com",
  fingerprint: "85:7f:8b:31:81:4a:66:92:1e:dd:0c:c5:3a:99:0d:59",
};

/** Makes a sandbox for a test. */
export function testSandbox(settings?: Settings, overrides: Partial<SandboxDeps> = {}): TestSandbox {
  const machines = memoryMachines();
  const databases = memoryDatabases();
  const names = memoryNames();
  const lines: string[] = [];
  const deps: SandboxDeps = {
    machines,
    databases,
    names,
    store: memoryStore(),
    clock: { now: () => Date.parse(NOW) },
    network: defaultNetwork,
    version: "0.0.0",
    log: (line) => lines.push(line),
    ...(settings ? { settings } : {}),
    ...overrides,
  };
  const sandbox = createSandboxApp(deps);
  return {
    ...sandbox,
    machines,
    databases,
    names,
    deps,
    lines,
    async ask(method, path, body, headers = {}) {
      const response = await sandbox.app.request(path, {
        method,
        headers: { authorization: "Bearer a-token", "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

/** What a droplet needs at least; members of `changes` win. */
export function dropletBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "web", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64", ...changes };
}

/** What a Linode needs at least; members of `changes` win. */
export function linodeBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    label: "web",
    region: "de-fra-2",
    type: "g6-nanode-1",
    image: "linode/debian13",
    authorized_keys: [KEY.publicKey],
    ...changes,
  };
}
