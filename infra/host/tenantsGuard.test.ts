import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { guardScript } from "./tenantsGuard";

const folder = mkdtempSync(join(tmpdir(), "slipway-guard-"));
const script = guardScript("acme/main", {
  host: "192.0.2.7",
  port: 2222,
  user: "deploy",
  hostKey: "ssh-ed25519 AAAA",
  privateKey: "KEY\n",
  dialErrorLimit: 1,
  perDialTimeout: 1,
});

/** Runs the guard with an ssh that notes what it is given and ends as told. */
function run(code: number) {
  writeFileSync(
    join(folder, "ssh"),
    `#!/bin/bash
printf '%s\\n' "$@" > ${folder}/asked
for word; do [ -f "$word" ] && cat "$word" >> ${folder}/asked; done
[ ${code} = 0 ] || echo 'this host has tenants' >&2
exit ${code}
`,
  );
  chmodSync(join(folder, "ssh"), 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder };
  return spawnSync("bash", ["-euo", "pipefail", "-s"], { input: script, env, encoding: "utf8" });
}

beforeAll(() => execFileSync("bash", ["-n"], { input: script }));
afterAll(() => rmSync(folder, { recursive: true }));

it("asks the one machine that the stack knows, and leaves no key behind", () => {
  expect(run(0).status).toBe(0);
  const asked = readFileSync(join(folder, "asked"), "utf8");
  expect(asked).toContain("deploy@192.0.2.7\nsudo slipway alone --stack acme/main\n");
  expect(asked).toMatch(/-p\n2222\n/);
  expect(asked).toContain("StrictHostKeyChecking=yes");
  expect(asked).toContain("KEY\n");
  expect(() => readFileSync(/UserKnownHostsFile=(.*)/.exec(asked)?.[1] ?? "", "utf8")).toThrow("ENOENT");
});

it("ends with the machine's refusal, and goes on where no machine answers", () => {
  expect(run(1)).toMatchObject({ status: 1, stderr: "this host has tenants\n" });
  expect(run(255).status).toBe(0);
});
