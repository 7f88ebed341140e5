import { describe, expect, it } from "vitest";
import { testSandbox } from "../../testing";
import { keptInterval } from "./model";

const ID = 3160001;
const path = `/v4/domains/${ID}`;

async function zone(changes: Record<string, unknown> = {}) {
  const sandbox = testSandbox();
  const body = { domain: "example.org", type: "master", soa_email: "ops@example.org", ...changes };
  const made = await sandbox.ask("POST", "/v4/domains", body);
  const record = (asked: Record<string, unknown>) => sandbox.ask("POST", `${path}/records`, asked);
  return { ...sandbox, made, record };
}

describe("/domains", () => {
  it("keeps a zone, changes it, and forgets it", async () => {
    const { made, ask } = await zone({ tags: ["zone-tag"], ttl_sec: 60, master_ips: null, axfr_ips: null });
    expect(made.body).toEqual({
      id: ID,
      type: "master",
      domain: "example.org",
      tags: ["zone-tag"],
      group: "",
      status: "active",
      errors: "",
      description: "",
      soa_email: "ops@example.org",
      retry_sec: 0,
      master_ips: [],
      axfr_ips: [],
      expire_sec: 0,
      refresh_sec: 0,
      ttl_sec: 120,
      created: "2026-11-21T12:00:00",
      updated: "2026-11-21T12:00:00",
    });
    expect((await ask("PUT", path, { soa_email: "dns@example.org", status: "disabled" })).body).toMatchObject({
      soa_email: "dns@example.org",
      status: "disabled",
      ttl_sec: 120,
    });
    const headers = { "X-Filter": '{"domain":"example.org"}' };
    expect((await ask("GET", "/v4/domains", undefined, headers)).body.results).toBe(1);
    expect((await ask("DELETE", path)).body).toEqual({});
    expect((await ask("GET", path)).status).toBe(404);
  });

  it.each([
    [{ soa_email: undefined }, "soa_email required when type=master", "soa_email"],
    [{ soa_email: "ops" }, "Invalid email", "soa_email"],
    [{ domain: "no domain" }, "Domain is not valid.", "domain"],
    [{ domain: "TAKEN.org" }, "DNS zone already exists.", "domain"],
    [{ domain: undefined }, "domain is required", "domain"],
    [{ type: undefined }, "type is required", "type"],
    [{ type: "primary" }, "Must be one of master, slave", "type"],
    [{ type: "slave" }, "master_ips required when type=slave", "master_ips"],
    [{ axfr_ips: ["me"] }, "Invalid IP address", "axfr_ips[0]"],
  ])("refuses %j", async (changes, reason, field) => {
    const { ask } = await zone({ domain: "taken.org" });
    const body = { domain: "example.org", type: "master", soa_email: "ops@example.org", ...changes };
    const got = await ask("POST", "/v4/domains", body);
    expect([got.status, got.body]).toEqual([400, { errors: [{ reason, field }] }]);
  });

  it("is cloned with its records", async () => {
    const { ask, record } = await zone();
    await record({ type: "A", name: "www", target: "192.0.2.1" });
    expect((await ask("POST", `${path}/clone`, { domain: "example.net" })).body).toMatchObject({
      id: ID + 1,
      domain: "example.net",
      soa_email: "ops@example.org",
    });
    expect((await ask("GET", `/v4/domains/${ID + 1}/records`)).body.data).toMatchObject([
      { id: 36600002, name: "www" },
    ]);
    expect((await ask("POST", `${path}/clone`, { domain: "example.net" })).status).toBe(400);
  });
});

describe("/domains/ID/records", () => {
  it("keeps a record with what its type has no use for empty, and changes it in part", async () => {
    const { ask, record } = await zone();
    const made = await record({ type: "A", name: "www.example.org", target: "192.0.2.1", ttl_sec: 900 });
    expect(made.body).toEqual({
      id: 36600001,
      type: "A",
      name: "www",
      target: "192.0.2.1",
      priority: 0,
      weight: 0,
      port: 0,
      service: null,
      protocol: null,
      ttl_sec: 3600,
      tag: null,
      created: "2026-11-21T12:00:00",
      updated: "2026-11-21T12:00:00",
    });
    const put = await ask("PUT", `${path}/records/36600001`, { name: "api" });
    expect(put.body).toEqual({ ...made.body, name: "api" });
    expect((await ask("GET", `${path}/records/36600001`)).body).toEqual(put.body);
    expect((await ask("DELETE", `${path}/records/36600001`)).body).toEqual({});
    expect((await ask("GET", `${path}/records/36600001`)).status).toBe(404);
  });

  it("names a service by its service and protocol, and host names without their final dot", async () => {
    const { record } = await zone();
    const srv = { type: "SRV", service: "_sip", protocol: "tcp", target: "sip.example.org.", port: 5060, weight: 5 };
    expect((await record({ ...srv, priority: 10 })).body).toMatchObject({
      name: "_sip._tcp",
      service: "sip",
      protocol: "tcp",
      target: "sip.example.org",
      priority: 10,
      weight: 5,
      port: 5060,
    });
    expect((await record({ type: "CAA", target: "letsencrypt.org", tag: "issue" })).body.tag).toBe("issue");
    expect((await record({ type: "CNAME", name: "docs", target: "www.example.org." })).body.target).toBe(
      "www.example.org",
    );
  });

  it.each([
    [
      { type: "A", name: "@", target: "192.0.2.1" },
      ["name: Name contains invalid characters", "name: Invalid hostname"],
    ],
    [{ type: "A", target: "192.0.2" }, ["target: Invalid IPv4 address"]],
    [{ type: "AAAA", target: "192.0.2.1" }, ["target: Invalid IPv6 address"]],
    [{ type: "TXT", name: "t" }, ["target: target is required"]],
    [{ type: "NS", name: "sub", target: "not a host" }, ["target: Invalid hostname"]],
    [{ type: "MX", target: "mail.example.org", priority: 300 }, ["priority: Must be 0-255"]],
    [{ type: "SRV", target: "a.example.org" }, ["service: service is required", "protocol: protocol is required"]],
    [{ type: "CAA", target: "ca.example", tag: "allow" }, ["tag: Must be one of issue, issuewild, iodef"]],
    [{ type: "CNAME", name: "www", target: "a.example.org" }, ["name: Record conflict - CNAMES must be unique"]],
    [{ type: "A", name: "alias", target: "192.0.2.1" }, ["name: Record conflict - CNAMES must be unique"]],
    [{ type: "SPF", target: "x" }, ["type: Must be one of A, AAAA, NS, MX, CNAME, TXT, SRV, PTR, CAA"]],
  ])("refuses %j", async (asked, told) => {
    const { record, ask } = await zone();
    await record({ type: "A", name: "www", target: "192.0.2.1" });
    await record({ type: "CNAME", name: "alias", target: "www.example.org" });
    const got = await record(asked);
    const errors = got.body.errors.map((error: { field: string; reason: string }) => `${error.field}: ${error.reason}`);
    expect([got.status, errors]).toEqual([400, told]);
    expect((await ask("GET", `${path}/records`)).body.results).toBe(2);
  });

  it("is told as a zone file that a name server can read", async () => {
    const { record, ask } = await zone({ ttl_sec: 300 });
    await record({ type: "A", target: "192.0.2.1" });
    await record({ type: "AAAA", name: "*.preview", target: "2001:db8::1", ttl_sec: 30 });
    await record({ type: "MX", target: "mail.example.org", priority: 10 });
    await record({ type: "TXT", name: "t", target: `say "hi" ${"x".repeat(260)}` });
    await record({ type: "CAA", target: "letsencrypt.org", tag: "issue" });
    await record({ type: "SRV", service: "sip", protocol: "tcp", target: "sip.example.org", port: 5060 });
    await record({ type: "CNAME", name: "docs", target: "www" });
    expect((await ask("GET", `${path}/zone-file`)).body.zone_file).toEqual([
      `; example.org [${ID}]`,
      "$TTL 300",
      "@\tIN\tSOA\tns1.linode.com. ops.example.org. 1795262400 14400 14400 1209600 300",
      ...[1, 2, 3, 4, 5].map((number) => `@\t\tNS\tns${number}.linode.com.`),
      "@\t\tA\t192.0.2.1",
      "*.preview\t30\tAAAA\t2001:db8::1",
      "@\t\tMX\t10 mail.example.org.",
      `t\t\tTXT\t"say \\"hi\\" ${"x".repeat(246)}" "${"x".repeat(14)}"`,
      '@\t\tCAA\t0 issue "letsencrypt.org"',
      "_sip._tcp\t\tSRV\t0 0 5060 sip.example.org.",
      "docs\t\tCNAME\twww.example.org.",
    ]);
  });
});

it.each([
  [0, 0],
  [30, 30],
  [60, 120],
  [900, 3600],
  [86_401, 172_800],
  [9_999_999, 2_419_200],
])("keeps an interval of %i s as %i s", (asked, kept) => {
  expect(keptInterval(asked)).toBe(kept);
});
