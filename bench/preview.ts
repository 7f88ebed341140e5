import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestStack } from "../test/e2e/support/stack";
import { onStack, pulumiOf, type RunPulumi } from "./pulumi";
import { median, type Report } from "./report";

const rounds = 5;
const emptyProgram = `"use strict";
for (const name of ["command", "digitalocean", "docker", "random", "tls"]) {
  const sdk = require("@pulumi/" + name);
  new sdk.Provider(name, {});
}
`;

/** A preview without changes against that of a program that does nothing but load the same plugins. */
export async function preview(stack: TestStack): Promise<Report> {
  await stack.up();
  const pulumi = await pulumiOf(stack);
  const empty = await emptyProject(pulumi);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const seconds = [await pulumi(["preview", ...onStack(stack)]), await empty.preview()];
      // The first round warms the caches.
      if (round > 0) {
        ours.push(seconds[0] ?? 0);
        theirs.push(seconds[1] ?? 0);
      }
    }
    return {
      rows: [{ what: "preview / empty program", value: median(ours) / median(theirs), limit: 1.5, unit: "×" }],
      raw: { "preview, s": ours, "empty program, s": theirs },
    };
  } finally {
    empty.remove();
  }
}

async function emptyProject(pulumi: RunPulumi): Promise<{ preview(): Promise<number>; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-empty-"));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: empty\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "main": "index.js" }\n');
  writeFileSync(join(folder, "index.js"), emptyProgram);
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  const state = { PULUMI_BACKEND_URL: `file://${folder}` };
  await pulumi(["stack", "init", "empty"], folder, state);
  await pulumi(["up", "--yes", "--skip-preview", "--stack", "empty"], folder, state);
  return {
    preview: () => pulumi(["preview", "--stack", "empty"], folder, state),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
