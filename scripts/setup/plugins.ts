/**
 * Provider plugins: the real ones wherever they can be had, stand-ins of the sandbox elsewhere. They are laid out in a
 * Pulumi home of our own, one for each set of choices, so that a stand-in never gets into the way of a real account.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { cacheFolder, checkout } from "./cache";

/** The providers the program uses; their versions are those of the SDKs in package.json. */
export const providers = ["command", "digitalocean", "docker", "github", "linode", "random", "tls"] as const;
/** @see providers */
export type Provider = (typeof providers)[number];

/** Where one provider's plugin comes from. */
export type PluginChoice =
  | { readonly kind: "given"; readonly path: string; readonly stamp: string }
  | { readonly kind: "cached"; readonly path: string }
  | { readonly kind: "downloaded"; readonly path: string }
  | { readonly kind: "stand-in" };

/** The chosen plugins, laid out. */
export interface Plugins {
  /** For `PULUMI_HOME`. */
  readonly home: string;
  readonly choices: Readonly<Record<Provider, PluginChoice & { readonly version: string }>>;
}

/** Longest time for one plugin's download, in ms. */
const downloadLimit = 20_000;

/** Chooses and lays out the plugins. @param pulumi path of the CLI, which does the downloading */
export async function ensurePlugins(pulumi: string): Promise<Plugins> {
  const entries: [Provider, PluginChoice & { version: string }][] = [];
  for (const name of providers) {
    const version = sdkVersion(name);
    entries.push([name, { ...(await choose(name, version, pulumi)), version }]);
  }
  const choices = Object.fromEntries(entries) as Plugins["choices"];
  const home = cacheFolder(
    "pulumi-home",
    createHash("sha256").update(JSON.stringify(choices)).digest("hex").slice(0, 12),
  );
  for (const [name, choice] of entries) layOut(home, name, choice);
  return { home, choices };
}

/** A choice in words, for the list the set-up prints. */
export function describeChoice(choice: PluginChoice): string {
  switch (choice.kind) {
    case "given":
      return "real, from SLIPWAY_PLUGIN_DIR";
    case "cached":
      return "real, from Pulumi's cache";
    case "downloaded":
      return "real, downloaded";
    case "stand-in":
      return "stand-in of the sandbox";
    default:
      return choice satisfies never;
  }
}

async function choose(name: Provider, version: string, pulumi: string): Promise<PluginChoice> {
  const binary = `pulumi-resource-${name}`;
  const given = process.env.SLIPWAY_PLUGIN_DIR && resolve(process.env.SLIPWAY_PLUGIN_DIR, binary);
  if (given && existsSync(given)) {
    const { size, mtimeMs } = statSync(given);
    return { kind: "given", path: given, stamp: `${size}-${mtimeMs}` };
  }
  const cached = join(
    process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"),
    "plugins",
    `resource-${name}-v${version}`,
    binary,
  );
  if (existsSync(cached)) return { kind: "cached", path: cached };
  const downloads = cacheFolder("plugins");
  const downloaded = join(downloads, "plugins", `resource-${name}-v${version}`, binary);
  if (existsSync(downloaded)) return { kind: "downloaded", path: downloaded };
  // One failed attempt is remembered: the second run of the set-up must not wait for it again.
  const refused = join(downloads, `${name}-${version}.unreachable`);
  if (existsSync(refused)) return { kind: "stand-in" };
  const attempt = await execa(pulumi, ["plugin", "install", "resource", name, version], {
    env: { PULUMI_HOME: downloads, PULUMI_SKIP_UPDATE_CHECK: "1" },
    reject: false,
    timeout: downloadLimit,
  });
  if (attempt.exitCode === 0 && existsSync(downloaded)) return { kind: "downloaded", path: downloaded };
  mkdirSync(downloads, { recursive: true });
  writeFileSync(refused, "");
  return { kind: "stand-in" };
}

function sdkVersion(name: Provider): string {
  return JSON.parse(readFileSync(checkout("node_modules", "@pulumi", name, "package.json"), "utf8")).version;
}

function layOut(home: string, name: Provider, choice: PluginChoice & { version: string }): void {
  const folder = join(home, "plugins", `resource-${name}-v${choice.version}`);
  if (existsSync(folder)) return;
  mkdirSync(join(home, "plugins"), { recursive: true });
  const partial = mkdtempSync(`${folder}.partial-`);
  const binary = join(partial, `pulumi-resource-${name}`);
  if (choice.kind === "stand-in") {
    // The checkout is named at run time: several checkouts share this cache.
    writeFileSync(
      binary,
      `#!/bin/sh\nexec node "\${SLIPWAY_ROOT:?start Pulumi with ./scripts/pulumi}/dist/sandbox/providers/${name}.js" "$@"\n`,
    );
    chmodSync(binary, 0o755);
  } else {
    symlinkSync(choice.path, binary);
  }
  try {
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
