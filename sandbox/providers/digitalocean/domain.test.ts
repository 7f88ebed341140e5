import { beforeEach, describe, expect, it } from "vitest";
import type { TestSandbox } from "../../testing";
import { testCloud } from "../testCloud";
import { driver, keptCall } from "../testing";
import type { Properties } from "../wire";
import { digitalocean } from "./digitalocean";

let sandbox: TestSandbox;
const plugin = digitalocean();
const of = (type: string) => driver(plugin, `digitalocean:index/${type}`);
const record = of("dnsRecord:DnsRecord");

testCloud(
  (url) => plugin.configure?.({ apiEndpoint: url, token: "a-token", httpRetryMax: 0 }),
  (fresh) => {
    sandbox = fresh;
  },
);
beforeEach(async () => {
  await sandbox.ask("POST", "/v2/domains", { name: "example.com" });
});

describe("Domain", () => {
  it("lives, and another name is another zone", async () => {
    const zone = of("domain:Domain");
    const inputs = { name: "example.org", ipAddress: "192.0.2.1" };
    const held = await zone.create(inputs);
    expect([held.id, held.outputs]).toEqual([
      "example.org",
      { name: "example.org", ipAddress: "192.0.2.1", domainUrn: "do:domain:example.org", ttl: 1800 },
    ]);
    const read = await zone.read(held);
    expect(zone.diff(read ?? held, inputs).parts).toEqual({});
    expect(zone.diff(held, { name: "example.net" }).replaces).toContain("name");
    await zone.delete(held);
    expect(await zone.read(held)).toBeUndefined();
  });
});

describe("DnsRecord", () => {
  it.each<[Properties]>([
    [{ type: "A", name: "www", value: "192.0.2.7", ttl: 60 }],
    [{ type: "AAAA", name: "@", value: "2001:db8::1" }],
    [{ type: "CAA", name: "@", value: "letsencrypt.org.", flags: 0, tag: "issue" }],
    [{ type: "CAA", name: "@", value: "mailto:ops@example.com", flags: 0, tag: "iodef" }],
    [{ type: "CNAME", name: "blog", value: "www.example.org." }],
    [{ type: "TXT", name: "t", value: "hello" }],
    [{ type: "SRV", name: "_a._tcp", value: "x.example.org.", priority: 1, weight: 2, port: 3 }],
  ])("lives: %j", async (asked) => {
    const inputs = { domain: "example.com", ...asked };
    const held = await record.create(inputs);
    expect(held.outputs).toMatchObject(inputs);
    expect(record.diff(held, inputs).parts).toEqual({});
    const read = await record.read(held);
    expect(read?.outputs).toEqual(held.outputs);
    expect(record.diff(read ?? held, inputs).parts).toEqual({});
    await record.delete(held);
    expect(await record.read(held)).toBeUndefined();
    // Someone was quicker.
    await record.delete(held);
  });

  it("changes in place, but for its type and zone", async () => {
    const inputs = { domain: "example.com", type: "A", name: "www", value: "192.0.2.7" };
    const held = await record.create(inputs);
    expect(held.outputs.fqdn).toBe("www.example.com");
    const changed = { ...inputs, value: "192.0.2.8", ttl: 60 };
    expect(record.diff(held, changed)).toMatchObject({ parts: { ttl: "update", value: "update" }, replaces: [] });
    expect((await record.update(held, changed)).outputs).toMatchObject({ value: "192.0.2.8", ttl: 60 });
    expect(record.diff(held, { ...inputs, type: "AAAA" }).replaces).toEqual(["type"]);
  });

  it("says what its type needs", () => {
    const reasons = (inputs: Properties) => record.check({}, inputs);
    expect(() => reasons({ domain: "example.com", type: "CAA", name: "@", value: "x." })).toThrow(
      /flags is required when type is CAA/,
    );
    expect(() => reasons({ domain: "example.com", type: "PTR", name: "@", value: "x." })).toThrow(/type is "PTR"/);
  });
});

describe("getDomain", () => {
  it("finds a zone or says that there is none", async () => {
    const find = plugin.functions?.["digitalocean:index/getDomain:getDomain"];
    const { call } = keptCall();
    expect(await find?.({ name: "example.com" }, call)).toMatchObject({
      id: "example.com",
      domainUrn: "do:domain:example.com",
      ttl: 1800,
      zoneFile: expect.stringContaining("$ORIGIN example.com."),
    });
    await expect(find?.({ name: "example.net" }, call)).rejects.toThrow('domain not found: "example.net"');
  });
});
