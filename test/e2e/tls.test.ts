/** HTTPS by a real certificate authority that asks the sandbox's name server and proves names at the machine. */
import { readFileSync } from "node:fs";
import { get as getPlain } from "node:http";
import { get } from "node:https";
import { connect } from "node:tls";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestStack } from "./support/stack";

const zone = "slipway.example";
const name = `notes.${zone}`;
const late = `late.${zone}`;
const stack = new TestStack(13);
let address: string;
let acme: { directory: string; root: string; issuers: string };
let domain: number;

const minute = 60_000;

beforeAll(async () => {
  await stack.verb("sandbox", ["start"]);
  ({ acme } = JSON.parse((await stack.verb("sandbox", ["status", "--json"])).stdout));
  ({ id: domain } = await linode("domains", { domain: zone, type: "master", soa_email: `ops@${zone}` }));
  // Where the first machine of a sandbox always is: the name leads there before it is made.
  address = "10.213.13.10";
  await lead("notes");
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:tls"], {
      mode: "acme",
      email: `ops@${zone}`,
      directory: acme.directory,
      root: acme.root,
      hsts: 300,
    });
    settings.setIn(["config", "slipway:apps", "notes", "routes"], [name, late]);
    settings.setIn(["config", "slipway:apps", "notes", "env", "DJANGO_ALLOWED_HOSTS"], `${name},${late}`);
  });
});

afterAll(() => stack.remove());

async function linode(path: string, body: object): Promise<{ id: number }> {
  const response = await fetch(`${stack.api}/v4/${path}`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as { id: number };
}

/** Lets a name of the zone lead to the machine. */
async function lead(label: string): Promise<void> {
  await linode(`domains/${domain}/records`, { type: "A", name: label, target: address, ttl_sec: 30 });
}

/** Asks the machine as a visitor of `host` does who trusts `ca` and nobody else. */
function visit(host: string, ca: string): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      servername: host,
      headers: { host },
      path: "/",
      ca,
      agent: false,
      timeout: 10_000,
    };
    get(options, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
    }).once("error", reject);
  });
}

/** When the certificate that a visitor of `host` is shown ends. */
function endOf(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 443, servername: host, rejectUnauthorized: false }, () => {
      resolve(Date.parse(socket.getPeerCertificate().valid_to));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

const issuers = () => readFileSync(acme.issuers, "utf8");

async function certificates(): Promise<{ name: string; issuer?: string; pending?: string }[]> {
  const { stdout } = await stack.verb("slipway", ["status", "--json"]);
  return JSON.parse(stdout).apps[0].certificates;
}

/** Looks until there is something to see. @throws Error with what the machine and the authority say, once the time is over */
async function eventually<T>(seconds: number, look: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) {
        const log = await execa("docker", ["logs", "--tail", "20", "slipway-13-acme"], { all: true, reject: false });
        throw new Error(`${error}\n${JSON.stringify(await certificates())}\n${log.all}`);
      }
      await new Promise((next) => setTimeout(next, 500));
    }
  }
}

describe("certificates", () => {
  test("a release goes live with the names that lead here, and says what is missing of the other", async () => {
    const { exitCode, stdout, all } = await stack.verb("up");
    expect(exitCode, all).toBe(0);
    expect(stdout).toContain(`curl --cacert ${acme.issuers} --connect-to ::127.0.0.1:`);
    expect(stdout.trim().split("\n").at(-1)).toBe(`https://${name}/`);
    const told = (await stack.verb("slipway", ["releases", "notes", "1"])).stdout;
    const reason = `the name has no A record; make one that leads to this machine (${address})`;
    expect(told).toContain(`! no certificate yet for ${late}: ${reason}`);
    expect(await certificates()).toEqual([
      { name, issuer: expect.stringMatching(/^Pebble Intermediate CA /), until: expect.any(String) },
      { name: late, pending: reason },
    ]);
  });

  test("a visitor who trusts the authority is served, told to stay with HTTPS, and sent there from HTTP", async () => {
    const { status, headers } = await visit(name, issuers());
    expect(status).toBe(200);
    expect(headers["strict-transport-security"]).toBe("max-age=300");
    await expect(visit(late, issuers())).rejects.toThrow(/internal error/);
    const plain = await new Promise<{ status: unknown; headers: Record<string, unknown> }>((resolve, reject) => {
      getPlain({ host: address, headers: { host: name }, path: "/a?b=1", agent: false }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, headers: answer.headers });
      }).once("error", reject);
    });
    expect([plain.status, plain.headers.location]).toEqual([308, `https://${name}/a?b=1`]);
    expect(plain.headers["strict-transport-security"]).toBeUndefined();
  });

  test("a second up changes nothing; once the name leads here, what is missing comes at once where asked for", async () => {
    await lead("late");
    expect((await stack.verb("up")).stdout).toMatch(/^0 changes$/m);
    const repaired = await stack.onMachine("slipway", "repair", "notes");
    expect((await visit(late, issuers()).catch((error: Error) => error)) as unknown, repaired).toMatchObject({
      status: 200,
    });
    expect((await certificates()).filter(({ pending }) => pending)).toEqual([]);
  });

  test("one that has ended is replaced", async () => {
    const make = [
      'day() { date -u -d "$1" +%Y%m%d%H%M%SZ; }',
      `cd /var/lib/caddy/.local/share/caddy/certificates/*-dir/${name}`,
      `openssl req -x509 -key ${name}.key -subj /CN=${name} -addext subjectAltName=DNS:${name} -not_before "$(day '-90 days')" -not_after "$(day yesterday)" -out ${name}.crt`,
      "systemctl restart caddy",
    ];
    expect(await stack.onMachine("sh", "-ec", make.join("\n"))).toBe("");
    // The edge asks at once; where the authority is slow to answer, again after a minute.
    const end = await eventually(90, async () => {
      const until = await endOf(name);
      if (until < Date.now()) throw new Error(`ended ${new Date(until).toISOString()}`);
      return until;
    });
    expect(end).toBeGreaterThan(Date.now() + 80 * 24 * 60 * minute);
  });

  test("the machine's own authority, for those who trust it", async () => {
    stack.configure((settings) => settings.setIn(["config", "slipway:tls"], { mode: "internal" }));
    await stack.up();
    const root = await stack.onMachine("cat", "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt");
    expect((await visit(name, root)).status).toBe(200);
    await expect(visit(name, issuers())).rejects.toThrow(/unable to verify|self-signed|issuer/);
    expect(await certificates()).toEqual([
      expect.objectContaining({ name, issuer: expect.stringContaining("Caddy Local Authority") }),
      expect.objectContaining({ name: late, issuer: expect.stringContaining("Caddy Local Authority") }),
    ]);
  });
});
