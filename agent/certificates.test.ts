import { beforeEach, describe, expect, test } from "vitest";
import { certificatesOf, pendingLines, pendingText } from "./certificates";
import { MemoryHost } from "./memory";
import { writeLive, writeRecord } from "./record";
import { record } from "./record.examples";
import { certify } from "./steps/certificates";

const HOUR = 3_600_000;
const DIRECTORY = "https://ca.test:14000/dir";
const content = record({
  routes: [
    { host: "shop.test", process: "web" },
    { host: "www.shop.test", process: "web" },
  ],
  tls: { mode: "acme", directory: DIRECTORY },
}).content;

let host: MemoryHost;
let said: string[];

beforeEach(async () => {
  host = new MemoryHost();
  said = [];
  await writeRecord(host.files, { ...record(), content });
  await writeLive(host.files, "shop", { release: 3, sequence: 1 });
  host.effects.length = 0;
});

const order = (since?: number) => ({ host, content, owner: "ana", since, say: (line: string) => said.push(line) });
const count = (start: string) => host.effects.filter((effect) => effect.startsWith(start)).length;
const lack = (name: string) => host.certificates.set(name, undefined);

describe("what stands between a name and its certificate", () => {
  const good = { addresses: ["203.0.113.7"], own: ["203.0.113.7", "10.0.0.5"] };
  const cases: [string, Parameters<typeof pendingText>[1], string][] = [
    [
      "no record",
      { ...good, addresses: [] },
      "the name has no A record; make one that leads to this machine (203.0.113.7)",
    ],
    [
      "elsewhere",
      { ...good, addresses: ["198.51.100.3"] },
      "the name leads to 198.51.100.3, not to this machine (203.0.113.7)",
    ],
    [
      "no name server",
      { ...good, addresses: "queryA ETIMEOUT" },
      "no name server says where the name leads: queryA ETIMEOUT",
    ],
    [
      "another address of this machine",
      { ...good, addresses: ["10.0.0.5"] },
      "the authority ca.test:14000 has not given one",
    ],
    [
      "authority down",
      { ...good, unreachable: "no answer within 3 s" },
      "the authority ca.test:14000 can't be reached: no answer within 3 s",
    ],
    [
      "refused",
      { ...good, refusal: { at: 0, reason: "rateLimited: too many" } },
      "the authority ca.test:14000 says: rateLimited: too many",
    ],
    [
      "own address unknown",
      { addresses: [], own: [] },
      "the name has no A record; make one that leads to this machine",
    ],
  ];
  test.each(cases)("%s", (_, findings, text) => expect(pendingText(DIRECTORY, findings)).toBe(text));
});

describe("looking", () => {
  test("asks nobody outside where all is well, and knows no names without TLS", async () => {
    expect(await certificatesOf(host, content)).toEqual(
      ["shop.test", "www.shop.test"].map((name) => ({
        name,
        issuer: "Test Authority",
        until: "2026-03-02T00:00:00.000Z",
      })),
    );
    expect(host.effects).toEqual(["edge.certificate shop.test", "edge.certificate www.shop.test"]);
    expect(await certificatesOf(host, { ...content, tls: { mode: "off" } })).toEqual([]);
  });

  test("a certificate that ends soon, one that has ended, an edge that is down", async () => {
    const now = host.now();
    host.certificates.set("shop.test", { issuer: "ca", from: now - 90 * HOUR, until: now + 2 * HOUR });
    host.certificates.set("www.shop.test", { issuer: "ca", from: now - 90 * HOUR, until: now - 1 });
    host.refused.set("shop.test", { at: now, reason: "no" });
    expect(pendingLines("shop", await certificatesOf(host, content), now)).toEqual([
      "the certificate for shop.test ends in 2 hours and is not renewed: the authority ca.test:14000 says: no. It is tried again by itself, at once with: sudo slipway repair shop",
      "the certificate for www.shop.test has ended: the authority ca.test:14000 has not given one. It is tried again by itself, at once with: sudo slipway repair shop",
    ]);
    host.broken.set("edge.certificate", "connection refused");
    expect((await certificatesOf(host, content)).map(({ pending }) => pending)).toEqual([
      "connection refused",
      "connection refused",
    ]);
  });
});

describe("waiting", () => {
  test("costs a look where all is well", async () => {
    expect(await certify(order())).toBeUndefined();
    expect(host.effects).toEqual(["edge.certificate shop.test", "edge.certificate www.shop.test"]);
  });

  test("until it comes", async () => {
    lack("shop.test");
    host.onEffect = (effect) => {
      if (effect === "sleep" && count("sleep") === 11) host.certificates.delete("shop.test");
    };
    const begun = host.now();
    expect(await certify(order(begun))).toBe("1 new certificate");
    expect(host.now() - begun).toBe(1200);
    expect(said).toEqual([]);
    expect(count("edge.load")).toBe(0);
  });

  test("not for a name that leads nowhere, nor while the authority is down", async () => {
    lack("shop.test");
    host.leads.set("shop.test", []);
    expect(await certify(order())).toBeUndefined();
    expect(said).toEqual([
      "no certificate yet for shop.test: the name has no A record; make one that leads to this machine (203.0.113.7). It is tried again by itself, at once with: sudo slipway repair shop",
    ]);
    host.leads.clear();
    host.broken.set("outside.reach", "connection refused");
    await certify(order());
    expect(said[1]).toContain("the authority ca.test:14000 can't be reached: connection refused");
    expect([count("sleep"), count("edge.load")]).toEqual([0, 0]);
  });

  test("no longer than until it is refused, and the edge is made to try at once what it had put off", async () => {
    lack("shop.test");
    host.refused.set("shop.test", { at: host.now() - HOUR, reason: "old" });
    host.onAnew = () => host.refused.set("shop.test", { at: host.now() + 500, reason: "still no" });
    await certify(order());
    expect(count("edge.load anew")).toBe(1);
    expect(count("sleep")).toBe(0);
    expect(said[0]).toContain("the authority ca.test:14000 says: still no");
  });

  test("no longer than 20 s", async () => {
    lack("shop.test");
    const begun = host.now();
    await certify(order(begun));
    expect(host.now() - begun).toBe(20_000);
    expect(said[0]).toContain("the authority ca.test:14000 has not given one");
  });

  test("an account that the authority has forgotten is forgotten here, too", async () => {
    lack("shop.test");
    const key = "/var/lib/caddy/.local/share/caddy/acme/ca.test:14000-dir/users/default/default.key";
    await host.files.write(key, "key", 0o600);
    host.refused.set("shop.test", { at: host.now(), reason: "accountDoesNotExist: not found" });
    host.onAnew = () => {
      expect(host.texts.has(key)).toBe(false);
      host.certificates.delete("shop.test");
      host.refused.clear();
    };
    expect(await certify(order(host.now()))).toBe("1 new certificate");
  });
});
