// Bundles every program of the project to dist/ as CommonJS (about 0.1 s). Pulumi runs no build of its own, so every
// verb that runs Pulumi calls this first. Packages of Pulumi stay outside the bundle: the language host loads its own
// copy of @pulumi/pulumi from node_modules, and two copies of the SDK do not see each other's resources.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entries = {
  "stacks/index": "stacks/index.ts",
  "agent/slipway": "agent/main.ts",
  "policy/pack": "policy/main.ts",
  "sandbox/main": "sandbox/main.ts",
  "sandbox/providers/command": "sandbox/providers/command/main.ts",
  "sandbox/providers/digitalocean": "sandbox/providers/digitalocean/main.ts",
  "sandbox/providers/docker": "sandbox/providers/docker/main.ts",
  "sandbox/providers/github": "sandbox/providers/github/main.ts",
  "sandbox/providers/linode": "sandbox/providers/linode/main.ts",
  "sandbox/providers/random": "sandbox/providers/random/main.ts",
  "sandbox/providers/tls": "sandbox/providers/tls/main.ts",
  "scripts/main": "scripts/verbs/main.ts",
  "bench/run": "bench/run.ts",
  "bench/load": "bench/load.ts",
};

const root = fileURLToPath(new URL("..", import.meta.url));
const { outputFiles } = await build({
  absWorkingDir: root,
  // The files of a half-built checkout are skipped so that one folder can be worked on without the others.
  entryPoints: Object.fromEntries(
    Object.entries(entries).filter(([, source]) => existsSync(new URL(`../${source}`, import.meta.url))),
  ),
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["@pulumi/*", "ssh2", "dockerode", "cpu-features", "libsodium-wrappers"],
  logLevel: "warning",
  write: false,
});

// Another verb may be running what is there: a file stays while its text does, and is never seen half-written.
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
}
