import { describe, expect, it } from "vitest";
import { certificateAuthority, dnsRecords, isWithin, nameInZone, recordsToSet } from "./dnsRecords";

const plan = { zone: "example.com", hosts: ["shop.example.com"], wildcard: [], ipv6: false };

describe("dnsRecords", () => {
  it("are addresses for the names in the zone, once each, and their authority", () => {
    const hosts = ["shop.example.com", "example.com", "shop.example.com", "shop.example.org", "badexample.com"];
    expect(dnsRecords({ ...plan, hosts, ipv6: true, authority: "letsencrypt.org" })).toEqual([
      { key: "a-example.com", host: "example.com", type: "A" },
      { key: "aaaa-example.com", host: "example.com", type: "AAAA" },
      { key: "caa-example.com", host: "example.com", type: "CAA", authority: "letsencrypt.org" },
      { key: "a-shop.example.com", host: "shop.example.com", type: "A" },
      { key: "aaaa-shop.example.com", host: "shop.example.com", type: "AAAA" },
      { key: "caa-shop.example.com", host: "shop.example.com", type: "CAA", authority: "letsencrypt.org" },
    ]);
  });

  it("lead every name below a wildcard to the machine", () => {
    expect(dnsRecords({ ...plan, hosts: [], wildcard: ["previews.example.com"] })).toEqual([
      { key: "a-wildcard.previews.example.com", host: "*.previews.example.com", type: "A" },
    ]);
  });

  it("of one host name don't change with another", () => {
    const more = dnsRecords({ ...plan, hosts: ["blog.example.com", ...plan.hosts] });
    expect(more).toEqual(expect.arrayContaining([...dnsRecords(plan)]));
    expect(more).toHaveLength(2);
  });
});

describe("names", () => {
  it("are within a zone by whole labels, and shorter there", () => {
    expect(
      ["example.com", "a.b.example.com", "anexample.com", "com"].map((name) => isWithin("example.com", name)),
    ).toEqual([true, true, false, false]);
    expect(nameInZone("example.com", "example.com")).toBe("");
    expect(nameInZone("example.com", "*.previews.example.com")).toBe("*.previews");
  });
});

describe("certificateAuthority", () => {
  it.each([
    [{ mode: "acme" }, "letsencrypt.org"],
    [{ mode: "acme", directory: "https://acme-staging-v02.api.letsencrypt.org/directory" }, "letsencrypt.org"],
    [{ mode: "acme", directory: "https://acme.zerossl.com/v2/DV90" }, "sectigo.com"],
    [{ mode: "acme", directory: "https://dv.acme-v02.api.pki.goog/directory" }, "pki.goog"],
    [{ mode: "acme", directory: "https://notletsencrypt.org/directory" }, undefined],
    [{ mode: "acme", directory: "https://10.213.0.4:14000/dir" }, undefined],
    [{ mode: "internal" }, undefined],
    [{ mode: "off" }, undefined],
  ] as const)("of %j is %s", (tls, authority) => {
    expect(certificateAuthority(tls)).toBe(authority);
  });
});

describe("recordsToSet", () => {
  const address = { ipv4: "203.0.113.5" };

  it("are those outside the zone, or all, as lines of a zone file", () => {
    const hosts = ["shop.example.org", "shop.example.com", "shop.example.org"];
    expect(recordsToSet(hosts, "example.com", { ...address, ipv6: "2001:db8::5" })).toEqual([
      "shop.example.org. 120 IN A 203.0.113.5",
      "shop.example.org. 120 IN AAAA 2001:db8::5",
    ]);
    expect(recordsToSet(hosts, undefined, address)).toEqual([
      "shop.example.com. 120 IN A 203.0.113.5",
      "shop.example.org. 120 IN A 203.0.113.5",
    ]);
  });

  it("leave out names that are no one's", () => {
    expect(recordsToSet(["localhost", "notes.localhost", "a.test", "my.local"], undefined, address)).toEqual([]);
    expect(recordsToSet(["mylocalhost.com"], undefined, address)).toHaveLength(1);
  });
});
