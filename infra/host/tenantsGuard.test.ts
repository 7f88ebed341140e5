import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guardScript } from "./tenantsGuard";

const folder = mkdtempSync(join(tmpdir(), "slipway-guard-"));
const connection = {
  host: "192.0.2.7",
  port: 2222,
  user: "deploy",
  hostKey: "ssh-ed25519 AAAA",
  privateKey: "KEY\n",
  dialErrorLimit: 1,
  perDialTimeout: 1,
};
const records = {
  digitalocean: { cloud: "digitalocean", machine: "/v2/droplets/7", witness: "/v2/firewalls/f" },
  linode: { cloud: "linode", machine: "/v4/linode/instances/7", witness: "/v4/networking/firewalls/8" },
} as const;
const absent = {
  digitalocean: { id: "not_found", message: "The resource you were accessing could not be found." },
  linode: { errors: [{ reason: "Not found" }] },
} as const;

/** What the cloud answers with, by path; anything else is not found. */
let there: readonly string[] = [];
let body: unknown = {};
let asked: string[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const found = there.includes(request.url ?? "");
    const known = request.headers.authorization === "Bearer it's";
    response.writeHead(known ? (found ? 200 : 404) : 401).end(JSON.stringify(found ? {} : body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // No ssh and no curl but what a test puts there.
  mkdirSync(join(folder, "tools"));
  for (const tool of ["bash", "mktemp", "rm", "cat", "tail", "tr", "grep"])
    symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(folder, "tools", tool));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the guard with an ssh that notes what it is given and ends as told; without a number there is no ssh. */
function run(
  script: string,
  code: number | undefined,
  { env = {}, curl = true }: { env?: Record<string, string>; curl?: boolean } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const bin = mkdtempSync(join(folder, "bin-"));
  if (curl) symlinkSync(execFileSync("which", ["curl"], { encoding: "utf8" }).trim(), join(bin, "curl"));
  if (code !== undefined)
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/bash
printf '%s\\n' "$@" > ${folder}/asked
for word; do [ -f "$word" ] && cat "$word" >> ${folder}/asked; done
[ ${code} != 1 ] || echo 'this host has tenants' >&2
[ ${code} != 255 ] || echo 'ssh: connect to host 192.0.2.7 port 2222: Connection timed out' >&2
exit ${code}
`,
    );
  if (code !== undefined) chmodSync(join(bin, "ssh"), 0o755);
  return new Promise((resolve) => {
    const child = execFile(
      "bash",
      ["-euo", "pipefail", "-s"],
      { env: { ...env, PATH: `${bin}:${join(folder, "tools")}`, TMPDIR: folder }, encoding: "utf8" },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(script);
  });
}

const bare = guardScript("acme/main", connection);

it("asks the one machine that the stack knows, and leaves no key behind", async () => {
  execFileSync("bash", ["-n"], { input: bare });
  expect((await run(bare, 0)).code).toBe(0);
  const words = readFileSync(join(folder, "asked"), "utf8");
  expect(words).toContain("deploy@192.0.2.7\nsudo slipway alone --stack acme/main\n");
  expect(words).toMatch(/-p\n2222\n/);
  expect(words).toContain("StrictHostKeyChecking=yes");
  expect(words).toContain("KEY\n");
  expect(() => readFileSync(/UserKnownHostsFile=(.*)/.exec(words)?.[1] ?? "", "utf8")).toThrow("ENOENT");
});

it("ends with the machine's own refusal, whoever consents to what", async () => {
  const consent = { env: { SLIPWAY_DESTROY_UNSEEN: "192.0.2.7" } };
  expect(await run(bare, 1, consent)).toMatchObject({ code: 1, stderr: "this host has tenants\n" });
});

it.each([
  ["it doesn't answer", 255, "Connection timed out"],
  ["there is no ssh", undefined, "this computer has no ssh"],
])("refuses a machine of no cloud that can't be asked: %s", async (_, code, why) => {
  const { code: ended, stderr } = await run(bare, code);
  expect(ended).toBe(1);
  expect(stderr).toContain("nobody can tell whether other stacks have apps on the machine 192.0.2.7");
  expect(stderr).toContain(why);
  expect(stderr).toContain("SLIPWAY_DESTROY_UNSEEN=192.0.2.7 pulumi destroy");
});

it("lets it go where its address, and no other, is consented to by name", async () => {
  const named = (address: string) => run(bare, 255, { env: { SLIPWAY_DESTROY_UNSEEN: address } });
  expect((await named("192.0.2.7")).code).toBe(0);
  for (const other of ["192.0.2.70", "yes", "1", "*"]) expect((await named(other)).code).toBe(1);
});

describe.each(["digitalocean", "linode"] as const)("a machine of %s that can't be asked", (cloud) => {
  const record = records[cloud];
  const guard = (changes: { url?: string; token?: string } = {}) =>
    guardScript("acme/main", connection, { ...record, url, token: "it's", ...changes });
  const answers = (paths: readonly string[], said: unknown = absent[cloud]) => {
    [there, body, asked] = [paths, said, []];
  };

  it("may go if its cloud says that it is gone", async () => {
    answers([record.witness]);
    execFileSync("bash", ["-n"], { input: guard() });
    expect((await run(guard(), 255)).code).toBe(0);
    expect(asked).toEqual([`Bearer it's ${record.machine}`, `Bearer it's ${record.witness}`]);
    expect((await run(guard(), undefined)).code).toBe(0);
  });

  it("may go with the address and token of the environment, where the settings have none", async () => {
    answers([record.witness]);
    const names =
      cloud === "linode" ? ["LINODE_URL", "LINODE_TOKEN"] : ["DIGITALOCEAN_API_URL", "DIGITALOCEAN_ACCESS_TOKEN"];
    const env = Object.fromEntries(names.map((name, at) => [name, [`${url}/`, "it's"][at] ?? ""]));
    expect((await run(guardScript("acme/main", connection, record), 255, { env })).code).toBe(0);
  });

  it.each([
    ["it is there", [record.machine, record.witness], undefined, {}, {}, /says that it is there/],
    ["another account is asked", [], undefined, {}, {}, /knows neither it nor the stack's firewall/],
    ["something else answers", [record.witness], "<html>", {}, {}, /answered 404/],
    ["the token is refused", [record.witness], undefined, { token: "old" }, {}, /answered 401/],
    ["it doesn't answer", [], undefined, { url: "http://127.0.0.1:1" }, {}, /does not answer \(curl: /],
    ["there is no curl", [record.witness], undefined, {}, { curl: false }, /has no curl/],
  ] as const)("stays where %s", async (_, paths, said, changes, how, why) => {
    answers(paths, said);
    const { code, stderr } = await run(guard(changes), 255, how);
    expect([code, stderr]).toEqual([1, expect.stringMatching(why)]);
  });
});
