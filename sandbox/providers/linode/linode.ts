/** The `linode` plugin's stand-in: the same calls to the same API. */
import type { Plugin } from "../resource";
import { Api, readSettings } from "./api";
import { databasePostgresqlV2 } from "./databasePostgresqlV2";
import { domain, findDomain } from "./domain";
import { domainRecord } from "./domainRecord";
import { firewall } from "./firewall";
import { firewallDevice } from "./firewallDevice";
import { instance } from "./instance";
import { sshKey } from "./sshKey";
import { volume } from "./volume";

/** A plugin that has no API until it is configured. */
export function linode(): Plugin {
  let configured = new Api(readSettings({}, process.env));
  const api = () => configured;
  return {
    name: "linode",
    configure(settings) {
      configured = new Api(readSettings(settings, process.env));
    },
    resources: {
      "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": databasePostgresqlV2(api),
      "linode:index/domain:Domain": domain(api),
      "linode:index/domainRecord:DomainRecord": domainRecord(api),
      "linode:index/firewall:Firewall": firewall(api),
      "linode:index/firewallDevice:FirewallDevice": firewallDevice(api),
      "linode:index/instance:Instance": instance(api),
      "linode:index/sshKey:SshKey": sshKey(api),
      "linode:index/volume:Volume": volume(api),
    },
    functions: { "linode:index/getDomain:getDomain": findDomain(api) },
  };
}
