import { describe, expect, it } from "vitest";
import { testSandbox } from "../../testing";

const SOA = "example.com. IN SOA ns1.digitalocean.com. hostmaster.example.com. 1795262400 10800 3600 604800 1800\n";

async function zone(body: Record<string, unknown> = { name: "example.com" }) {
  const sandbox = testSandbox();
  const made = await sandbox.ask("POST", "/v2/domains", body);
  const path = "/v2/domains/example.com/records";
  const record = (asked: Record<string, unknown>) => sandbox.ask("POST", path, asked);
  return { ...sandbox, made, path, record };
}

describe("/v2/domains", () => {
  it("is made with name servers, told with its zone file, listed, and goes with its records", async () => {
    const { made, ask, names, settled } = await zone({ name: "Example.com", ip_address: "192.0.2.1" });
    expect([made.status, made.body]).toEqual([201, { domain: { name: "example.com", ttl: 1800, zone_file: null } }]);
    const text = `$ORIGIN example.com.\n$TTL 1800\n${SOA}${[1, 2, 3]
      .map((number) => `example.com. 1800 IN NS ns${number}.digitalocean.com.\n`)
      .join("")}example.com. 1800 IN A 192.0.2.1\n`;
    const view = { name: "example.com", ttl: 1800, zone_file: text };
    expect((await ask("GET", "/v2/domains/example.com")).body).toEqual({ domain: view });
    expect((await ask("GET", "/v2/domains")).body).toEqual({ domains: [view], links: {}, meta: { total: 1 } });
    const { domain_records: records, meta } = (await ask("GET", "/v2/domains/example.com/records?per_page=2")).body;
    expect(meta).toEqual({ total: 5 });
    const none = { priority: null, port: null, weight: null, flags: null, tag: null };
    expect(records).toEqual([
      { id: 1_790_000_001, type: "SOA", name: "@", data: "1800", ttl: 1800, ...none },
      { id: 1_790_000_002, type: "NS", name: "@", data: "ns1.digitalocean.com", ttl: 1800, ...none },
    ]);
    await settled();
    expect(names.zones).toEqual([{ name: "example.com", created: Date.parse("2026-11-21T12:00:00Z"), text }]);
    expect((await ask("DELETE", "/v2/domains/example.com")).status).toBe(204);
    expect((await ask("GET", "/v2/domains/example.com")).status).toBe(404);
    expect((await ask("GET", "/v2/domains/example.com/records")).status).toBe(404);
    await settled();
    expect(names.zones).toEqual([]);
  });

  it.each([
    [{}, "Name can't be blank"],
    [{ name: "no domain" }, "domain 'no domain': name is not a valid domain"],
    [{ name: "EXAMPLE.com" }, "domain 'example.com': name already exists"],
    [{ name: "other.com", ip_address: "me" }, "IP address did not match IPv4 format (e.g. 127.0.0.1)."],
  ])("refuses %j", async (body, message) => {
    const { ask } = await zone();
    const got = await ask("POST", "/v2/domains", body);
    expect([got.status, got.body.id, got.body.message]).toEqual([422, "unprocessable_entity", message]);
  });

  it("can be in a project", async () => {
    const { ask } = await zone();
    const { resources } = (await ask("GET", "/v2/projects/default/resources")).body;
    expect(resources.map(({ urn }: { urn: string }) => urn)).toEqual(["do:domain:example.com"]);
  });
});

describe("/v2/domains/NAME/records", () => {
  it("is made, found by name and type, changed, and goes", async () => {
    const { ask, path, record } = await zone();
    // As the vendor's Go client asks: numbers it has no wish for are 0.
    const made = await record({ type: "A", name: "www", data: "192.0.2.7", priority: 0, port: 0, weight: 0, flags: 0 });
    const view = {
      id: 1_790_000_005,
      type: "A",
      name: "www",
      data: "192.0.2.7",
      priority: null,
      port: null,
      ttl: 1800,
      weight: null,
      flags: null,
      tag: null,
    };
    expect([made.status, made.body]).toEqual([201, { domain_record: view }]);
    await record({ type: "AAAA", name: "www.example.com.", data: "2001:db8::1", ttl: 60 });
    const names = async (query: string) =>
      (await ask("GET", `${path}?${query}`)).body.domain_records.map(
        ({ name, type }: { name: string; type: string }) => `${type} ${name}`,
      );
    expect(await names("name=www.example.com")).toEqual(["A www", "AAAA www"]);
    expect(await names("name=www.example.com&type=AAAA")).toEqual(["AAAA www"]);
    expect(await names("name=example.com&type=NS")).toEqual(["NS @", "NS @", "NS @"]);
    const changed = await ask("PATCH", `${path}/${view.id}`, { ttl: 300 });
    expect(changed.body).toEqual({ domain_record: { ...view, ttl: 300 } });
    expect((await ask("PUT", `${path}/${view.id}`, { data: "192.0.2.8" })).body.domain_record).toMatchObject({
      data: "192.0.2.8",
      ttl: 300,
    });
    expect((await ask("DELETE", `${path}/${view.id}`)).status).toBe(204);
    expect((await ask("GET", `${path}/${view.id}`)).status).toBe(404);
  });

  it("keeps host names without their dot, and asks for it anew", async () => {
    const { ask, path, record } = await zone();
    const made = await record({ type: "CNAME", name: "blog", data: "www.example.com." });
    expect(made.body.domain_record).toMatchObject({ type: "CNAME", data: "www.example.com" });
    expect((await record({ type: "CNAME", name: "apex", data: "example.com." })).body.domain_record.data).toBe("@");
    const kept = await ask("PATCH", `${path}/${made.body.domain_record.id}`, { ttl: 60 });
    expect([kept.status, kept.body.message]).toEqual([422, "Data needs to end with a dot (.)"]);
  });

  it("has one TTL for records of one name and type", async () => {
    const { ask, path, record } = await zone();
    await record({ type: "A", name: "www", data: "192.0.2.1" });
    await record({ type: "A", name: "WWW", data: "192.0.2.2", ttl: 60 });
    const { domain_records: records } = (await ask("GET", `${path}?type=A`)).body;
    expect(records.map(({ ttl }: { ttl: number }) => ttl)).toEqual([60, 60]);
  });

  it("is answered for", async () => {
    const { record, names, settled } = await zone();
    await record({ type: "MX", data: "mail.example.com.", priority: 10 });
    await record({ type: "TXT", name: "@", data: 'v=spf1 "all"\n' });
    await record({ type: "SRV", name: "_sip._tcp", data: "@", priority: 1, weight: 2, port: 5060 });
    await record({ type: "CAA", name: "@", data: "letsencrypt.org.", flags: 0, tag: "issue" });
    await record({ type: "CAA", name: "@", data: "mailto:ops@example.com", flags: 128, tag: "iodef" });
    await record({ type: "A", name: "*.previews", data: "192.0.2.1", ttl: 60 });
    await record({ type: "NS", name: "sub", data: "ns.example.org." });
    await settled();
    expect(names.zones[0]?.text.split("\n").slice(6, -1)).toEqual([
      "example.com. 1800 IN MX 10 mail.example.com.",
      'example.com. 1800 IN TXT "v=spf1 \\"all\\"\\010"',
      "_sip._tcp.example.com. 1800 IN SRV 1 2 5060 example.com.",
      'example.com. 1800 IN CAA 0 issue "letsencrypt.org"',
      'example.com. 1800 IN CAA 128 iodef "mailto:ops@example.com"',
      "*.previews.example.com. 60 IN A 192.0.2.1",
      "sub.example.com. 1800 IN NS ns.example.org.",
    ]);
  });

  it.each([
    [{ name: "x", data: "1" }, "Type can't be blank, Type is not a valid record type"],
    [{ type: "SOA", ttl: 60 }, "SOA records are made with their domain"],
    [{ type: "A", name: "x" }, "Data can't be blank"],
    [{ type: "A", data: "192.0.2.1" }, "Name can't be blank"],
    [{ type: "A", name: "a b", data: "192.0.2.1" }, /^Name Only valid hostname characters are allowed/],
    [{ type: "A", name: "x", data: "2001:db8::1" }, "IP address did not match IPv4 format (e.g. 127.0.0.1)."],
    [{ type: "AAAA", name: "x", data: "192.0.2.1" }, "IP address did not match IPv6 format (e.g. 2001:db8::1)."],
    [{ type: "CNAME", name: "x", data: "example.org" }, "Data needs to end with a dot (.)"],
    [{ type: "MX", data: "mail.example.org." }, "Priority can't be blank"],
    [{ type: "SRV", name: "_a._tcp", data: "@", priority: 1 }, "Port can't be blank, Weight can't be blank"],
    [{ type: "CAA", name: "@", data: "ca.example", flags: 0, tag: "issue" }, "Data needs to end with a dot (.)"],
    [
      { type: "CAA", name: "@", data: "ca.example.", flags: 0, tag: "all" },
      "Tag must be one of issue, issuewild, iodef",
    ],
    [{ type: "A", name: "x", data: "192.0.2.1", ttl: 5 }, "Ttl must be at least 30 seconds"],
    [{ type: "CNAME", name: "@", data: "example.org." }, "CNAME records cannot share a name with other records"],
  ])("refuses %j", async (asked, message) => {
    const { record, ask, path } = await zone();
    const got = await record(asked);
    expect([got.status, got.body.id]).toEqual([422, "unprocessable_entity"]);
    expect(got.body.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expect((await ask("GET", path)).body.meta.total).toBe(4);
  });
});
