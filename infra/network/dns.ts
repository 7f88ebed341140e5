import * as digitalocean from "@pulumi/digitalocean";
import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../mistake";
import { type DnsRecord, nameInZone, recordTtl } from "./dnsRecords";

/** Whose name servers hold a zone, and what it says. */
export interface DnsArgs {
  readonly provider: "digitalocean" | "linode";
  /** e.g. `example.com`. */
  readonly zone: string;
  /** Whether the zone is made here. Otherwise it is there already, and stays when this goes. */
  readonly create: boolean;
  /** Whether Pulumi refuses to delete a zone that was made here. */
  readonly protect: boolean;
  /** @see dnsRecords */
  readonly records: readonly DnsRecord[];
  readonly address: pulumi.Input<string>;
  /** Needed where there are AAAA records. */
  readonly addressV6?: pulumi.Input<string> | undefined;
}

/**
 * Records of a zone, a resource each, named by their host names: a host name more or less touches no other. Wherever the machine
 * is, the zone can be at either cloud.
 */
export class Dns extends pulumi.ComponentResource {
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:network:Dns", name, {}, opts);
    switch (args.provider) {
      case "digitalocean":
        atDigitalOcean(this, name, args);
        break;
      case "linode":
        atLinode(this, name, args);
        break;
      default:
        args.provider satisfies never;
    }
    this.registerOutputs({});
  }
}

function atDigitalOcean(parent: pulumi.Resource, name: string, args: DnsArgs): void {
  const { zone, protect } = args;
  const domain = args.create
    ? new digitalocean.Domain(`${name}-zone`, { name: zone }, { parent, protect }).name
    : pulumi.output(findZone(args, digitalocean.getDomain({ name: zone }, { parent }))).name;
  for (const record of args.records) {
    const host = nameInZone(zone, record.host) || "@";
    const common = { domain, type: record.type, name: host, ttl: recordTtl };
    const content =
      record.type === "CAA"
        ? { value: `${record.authority}.`, flags: 0, tag: "issue" }
        : { value: addressFor(record.type, args) };
    new digitalocean.DnsRecord(`${name}-${record.key}`, { ...common, ...content }, { parent });
  }
}

function atLinode(parent: pulumi.Resource, name: string, args: DnsArgs): void {
  const { zone, protect } = args;
  const domainId = args.create
    ? new linode.Domain(
        `${name}-zone`,
        // Who is written to about the zone; the name that RFC 2142 sets apart for it.
        { domain: zone, type: "master", soaEmail: `hostmaster@${zone}` },
        { parent, protect },
      ).id.apply(Number)
    : pulumi.output(findZone(args, linode.getDomain({ domain: zone }, { parent }))).apply(({ id }) => Number(id));
  for (const record of args.records) {
    const common = { domainId, recordType: record.type, name: nameInZone(zone, record.host), ttlSec: recordTtl };
    const content =
      record.type === "CAA" ? { target: record.authority, tag: "issue" } : { target: addressFor(record.type, args) };
    new linode.DomainRecord(`${name}-${record.key}`, { ...common, ...content }, { parent });
  }
}

function addressFor(type: "A" | "AAAA", { address, addressV6 }: DnsArgs): pulumi.Input<string> {
  if (type === "A") return address;
  if (addressV6 === undefined) throw new Error("AAAA records need an IPv6 address");
  return addressV6;
}

/**
 * What a look for a zone found.
 * @throws RunError that says what to do, if there is no such zone
 */
export async function findZone<Zone>(
  { provider, zone }: Pick<DnsArgs, "provider" | "zone">,
  looked: Promise<Zone>,
): Promise<Zone> {
  try {
    return await looked;
  } catch (error) {
    const { message } = error as Error;
    if (!/not.found|no .*found|404/i.test(message)) throw error;
    throw mistake(
      `slipway:dns.zone: ${zone} is no zone of this ${provider} account; make it there, or have the stack make it: create: true`,
    );
  }
}
