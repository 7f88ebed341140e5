import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { dnsRecords } from "../../infra/network/dnsRecords";

const recorded: { type: string; name: string; inputs: Record<string, unknown> }[] = [];

beforeAll(() => {
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      return { id: type.startsWith("linode") ? "77" : `${name}-id`, state: inputs };
    },
    call: ({ token, inputs }) => (token.startsWith("linode") ? { ...inputs, id: 78 } : inputs),
  });
});

const plan = { zone: "example.com", wildcard: ["previews.example.com"], ipv6: true, authority: "letsencrypt.org" };
const records = dnsRecords({ ...plan, hosts: ["example.com"] });
const args = { zone: "example.com", protect: true, records, address: "203.0.113.5", addressV6: "2001:db8::5" };

/** What is made of a zone, without the component itself. */
async function made(provider: "digitalocean" | "linode", create: boolean) {
  recorded.length = 0;
  const { Dns } = await import("../../infra/network/dns");
  new Dns("shop-dns", { ...args, provider, create });
  await pulumi.runtime.disconnect();
  return recorded.filter(({ type }) => !type.startsWith("slipway:"));
}

describe("records of a zone", () => {
  it("at DigitalOcean", async () => {
    const type = "digitalocean:index/dnsRecord:DnsRecord";
    const common = { domain: "example.com", ttl: 120 };
    const caa = { type: "CAA", value: "letsencrypt.org.", flags: 0, tag: "issue" };
    const found = await made("digitalocean", false);
    expect(found.sort(byName)).toEqual([
      { type, name: "shop-dns-a-example.com", inputs: { ...common, type: "A", name: "@", value: "203.0.113.5" } },
      {
        type,
        name: "shop-dns-a-wildcard.previews.example.com",
        inputs: { ...common, type: "A", name: "*.previews", value: "203.0.113.5" },
      },
      { type, name: "shop-dns-aaaa-example.com", inputs: { ...common, type: "AAAA", name: "@", value: "2001:db8::5" } },
      {
        type,
        name: "shop-dns-aaaa-wildcard.previews.example.com",
        inputs: { ...common, type: "AAAA", name: "*.previews", value: "2001:db8::5" },
      },
      { type, name: "shop-dns-caa-example.com", inputs: { ...common, ...caa, name: "@" } },
      { type, name: "shop-dns-caa-wildcard.previews.example.com", inputs: { ...common, ...caa, name: "*.previews" } },
    ]);
  });

  it("at Linode", async () => {
    const found = await made("linode", false);
    const common = { domainId: 78, ttlSec: 120 };
    expect(found).toHaveLength(6);
    expect(found.find(({ name }) => name === "shop-dns-a-example.com")).toEqual({
      type: "linode:index/domainRecord:DomainRecord",
      name: "shop-dns-a-example.com",
      inputs: { ...common, recordType: "A", name: "", target: "203.0.113.5" },
    });
    expect(found.find(({ name }) => name === "shop-dns-caa-wildcard.previews.example.com")?.inputs).toEqual({
      ...common,
      recordType: "CAA",
      name: "*.previews",
      target: "letsencrypt.org",
      tag: "issue",
    });
  });

  it("in a zone that the stack makes", async () => {
    const zones = [await made("digitalocean", true), await made("linode", true)].map((found) =>
      found.find(({ name }) => name === "shop-dns-zone"),
    );
    expect(zones).toEqual([
      { type: "digitalocean:index/domain:Domain", name: "shop-dns-zone", inputs: { name: "example.com" } },
      {
        type: "linode:index/domain:Domain",
        name: "shop-dns-zone",
        inputs: { domain: "example.com", type: "master", soaEmail: "hostmaster@example.com" },
      },
    ]);
    expect(recorded.filter(({ inputs }) => inputs.domainId === 77)).toHaveLength(6);
  });

  it("have no zone to stand in, and say so", async () => {
    const { findZone } = await import("../../infra/network/dns");
    const looked = findZone(
      { provider: "digitalocean", zone: "missing.com" },
      Promise.reject(new Error("domain not found: 404")),
    );
    await expect(looked).rejects.toThrow(
      "slipway:dns.zone: missing.com is no zone of this digitalocean account; make it there, or have the stack make it: create: true",
    );
    const other = findZone({ provider: "linode", zone: "missing.com" }, Promise.reject(new Error("401 Invalid Token")));
    await expect(other).rejects.toThrow("401 Invalid Token");
  });
});

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
