import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { passingFirewallScript } from "../network/hostFirewall";
import { adoptScript, COVERS, keysScript, letGoText } from "./adopt";

const folder = mkdtempSync(join(tmpdir(), "slipway-adopt-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("is Bash from beginning to end", () => {
  for (const text of [
    adoptScript({ stack: "slipway/main", deployKey: "ssh-ed25519 AAAA me", sshFrom: ["10.0.0.0/8"] }),
    keysScript(["a"]),
    letGoText,
    passingFirewallScript({ sshFrom: ["10.0.0.0/8"], sshPort: 2222 }),
  ])
    execFileSync("bash", ["-n"], { input: text });
});

it("knows whether a network covers an address", () => {
  const covers = (...args: string[]) =>
    spawnSync("perl", ["-MSocket=inet_pton,AF_INET,AF_INET6", "-e", COVERS, ...args]).status === 0;
  expect(covers("203.0.113.7", "198.51.100.0/24", "203.0.113.0/24")).toBe(true);
  expect(covers("203.0.113.7", "203.0.113.7")).toBe(true);
  expect(covers("203.0.113.7", "0.0.0.0/0")).toBe(true);
  expect(covers("203.0.113.7", "203.0.112.0/24", "2001:db8::/32")).toBe(false);
  expect(covers("2001:db8::7", "203.0.113.0/24", "2001:db8::/32")).toBe(true);
});

describe("the keys of deploy", () => {
  const path = join(folder, "authorized_keys");
  /** The scripts with another file, and without what only root can do. */
  const run = (script: string) =>
    execFileSync("bash", ["-euo", "pipefail", "-s"], {
      input: script.replaceAll("/home/deploy/.ssh/authorized_keys", path).replace(/^(install|chown) .*$/gm, ""),
    });

  it("are the stack's beside those that were there, however often, and only those in the end", () => {
    writeFileSync(path, "ssh-ed25519 OWNER");
    run(keysScript(["ssh-ed25519 ONE\n"]));
    run(keysScript(["ssh-ed25519 TWO", "ssh-ed25519 THREE"]));
    expect(readFileSync(path, "utf8")).toBe(
      "ssh-ed25519 OWNER\n# slipway: begin (written by the stack; what stands outside is yours)\nssh-ed25519 TWO\nssh-ed25519 THREE\n# slipway: end\n",
    );
    run(letGoText.split("\n")[0] ?? "");
    expect(readFileSync(path, "utf8")).toBe("ssh-ed25519 OWNER\n");
  });
});
