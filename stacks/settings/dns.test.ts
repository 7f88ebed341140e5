import { describe, expect, it } from "vitest";
import { Dns, dnsMistakes } from "./dns";
import { fromZod } from "./mistakes";

const zone = { provider: "digitalocean", zone: "example.com" };
const mistakes = (section: Record<string, unknown>, hosts: readonly string[]) =>
  dnsMistakes("slipway:dns", Dns.parse({ ...zone, ...section }), hosts);

describe("slipway:dns", () => {
  it("is a zone that is there already, with an authority and without wildcards", () => {
    expect(Dns.parse(zone)).toEqual({ ...zone, create: false, caa: true, wildcard: [] });
  });

  it.each([
    [{ zone: "example.com" }, "dns.provider: missing"],
    [{ ...zone, provider: "route53" }, 'dns.provider: "route53" is not allowed'],
    [{ ...zone, zone: "Example.com" }, 'dns.zone: "Example.com" is not allowed'],
    [{ ...zone, zone: "com" }, 'dns.zone: "com" is not allowed'],
    [{ ...zone, wildcard: ["*.example.com"] }, 'dns.wildcard[0]: "*.example.com" is not allowed'],
    [{ ...zone, ttl: 5 }, "dns.ttl: unknown key"],
  ])("refuses %j", (section, line) => {
    const parsed = Dns.safeParse(section);
    const found = parsed.success ? [] : fromZod("dns", section, parsed.error);
    expect(found.map(({ path, what }) => `${path}: ${what}`)).toEqual([line]);
  });

  it("lets routes lie outside, as long as one lies inside", () => {
    expect(mistakes({}, ["shop.example.com", "shop.example.org"])).toEqual([]);
    expect(mistakes({ wildcard: ["previews.example.com"] }, ["shop.example.org"])).toEqual([]);
  });

  it("names a zone with a typo, and one that is of no use", () => {
    expect(mistakes({ zone: "exmaple.com" }, ["shop.example.com", "notes.localhost"])).toEqual([
      {
        path: "slipway:dns.zone",
        what: 'no route lies in "exmaple.com", so it would get no record',
        allowed: "a domain that a route lies in: shop.example.com, notes.localhost",
        mend: "did you mean example.com?",
      },
    ]);
    expect(mistakes({}, ["notes.localhost"]).map(({ mend }) => mend)).toEqual([
      "correct the zone or a route, or remove this section",
    ]);
  });

  it("refuses a wildcard outside the zone", () => {
    expect(mistakes({ wildcard: ["previews.example.com", "previews.example.org"] }, ["shop.example.com"])).toEqual([
      {
        path: "slipway:dns.wildcard[1]",
        what: '"previews.example.org" is outside the zone',
        allowed: "example.com and names below it",
      },
    ]);
  });
});
