/** The committed prod stack in a rehearsal, from the command to the report. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const slot = "15";
const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), ".cache", "slipway");
const committed = readFileSync("Pulumi.prod.yaml", "utf8");

async function rehearse(args: readonly string[], env: Record<string, string> = {}) {
  const result = await execa("scripts/rehearse", args, {
    // The token and the passphrase are a person's own; neither is of use to a rehearsal.
    env: {
      SLIPWAY_SANDBOX_SLOT: slot,
      PULUMI_CONFIG_PASSPHRASE: "a person's own",
      DIGITALOCEAN_TOKEN: "a person's own",
      ...env,
    },
    reject: false,
    stdin: "ignore",
    all: true,
  });
  return { exitCode: result.exitCode, stdout: String(result.stdout), all: String(result.all) };
}

const clear = () => rehearse(["prod", "--down"]);
beforeAll(clear);
afterAll(clear);

describe("a rehearsal of the committed prod stack", () => {
  it("brings it up, looks at it, changes nothing the second time, and leaves nothing", async () => {
    const { exitCode, stdout, all } = await rehearse(["prod"]);
    expect(exitCode, all).toBe(0);
    for (const line of [
      /│ ✓ │ up +│ \d+ changes: \d+ create +│ +[\d.]+ +│/,
      /│ ✓ │ addresses answer +│ https:\/\/notes\.example\.com 200, certificate by Caddy/,
      /│ ✓ │ the host is as the stack says +│ notes release 1, healthy/,
      /│ ✓ │ ports from outside +│ this computer: 22, 80, 443; a stranger: 80, 443 /,
      /│ ✓ │ second up +│ 0 changes /,
      /│ ✓ │ destroy +│ \d+ changes: \d+ delete /,
      /│ ✓ │ nothing is left +│ clouds and engine are as before/,
      /│ slipway:registry +│ 10\.213\.15\.2:5000, with its login/,
      /│ slipway:host\.protect +│ false, so that it can be destroyed/,
      /│ slipway:apps\.notes\.build\.args\.BASE +│ slipway-sandbox\/python:3\.13/,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  it("has touched neither the stack's file nor any state but its own, which is gone with its sandbox", async () => {
    expect(readFileSync("Pulumi.prod.yaml", "utf8")).toBe(committed);
    for (const folder of ["rehearsals", "state", "stacks", "sandbox"])
      expect(existsSync(join(cache, folder, slot)), folder).toBe(false);
    const { stdout } = await execa("docker", ["ps", "-aq", "--filter", `label=slipway.sandbox=${slot}`]);
    expect(stdout).toBe("");
  });
});
