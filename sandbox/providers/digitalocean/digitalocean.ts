/** The `digitalocean` plugin's stand-in: the same calls to the same API. */
import type { Plugin } from "../resource";
import { Api, readSettings } from "./api";
import { databaseCa, databaseCluster, findDatabaseCluster } from "./databaseCluster";
import { databaseDb } from "./databaseDb";
import { databaseFirewall } from "./databaseFirewall";
import { databaseUser } from "./databaseUser";
import { dnsRecord } from "./dnsRecord";
import { domain, findDomain } from "./domain";
import { droplet } from "./droplet";
import { firewall } from "./firewall";
import { reservedIp, reservedIpAssignment } from "./reservedIp";
import { sshKey } from "./sshKey";
import { tag } from "./tag";
import { volume, volumeAttachment } from "./volume";
import { vpc } from "./vpc";

/** A plugin that has no API until it is configured. */
export function digitalocean(): Plugin {
  let configured = new Api(readSettings({}, process.env));
  const api = () => configured;
  return {
    name: "digitalocean",
    configure(settings) {
      configured = new Api(readSettings(settings, process.env));
    },
    resources: {
      "digitalocean:index/databaseCluster:DatabaseCluster": databaseCluster(api),
      "digitalocean:index/databaseDb:DatabaseDb": databaseDb(api),
      "digitalocean:index/databaseFirewall:DatabaseFirewall": databaseFirewall(api),
      "digitalocean:index/databaseUser:DatabaseUser": databaseUser(api),
      "digitalocean:index/dnsRecord:DnsRecord": dnsRecord(api),
      "digitalocean:index/domain:Domain": domain(api),
      "digitalocean:index/droplet:Droplet": droplet(api),
      "digitalocean:index/firewall:Firewall": firewall(api),
      "digitalocean:index/reservedIp:ReservedIp": reservedIp(api),
      "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": reservedIpAssignment(api),
      "digitalocean:index/sshKey:SshKey": sshKey(api),
      "digitalocean:index/tag:Tag": tag(api),
      "digitalocean:index/volume:Volume": volume(api),
      "digitalocean:index/volumeAttachment:VolumeAttachment": volumeAttachment(api),
      "digitalocean:index/vpc:Vpc": vpc(api),
    },
    functions: {
      "digitalocean:index/getDatabaseCa:getDatabaseCa": databaseCa(api),
      "digitalocean:index/getDatabaseCluster:getDatabaseCluster": findDatabaseCluster(api),
      "digitalocean:index/getDomain:getDomain": findDomain(api),
    },
  };
}
