import { netmask } from "../../cloud/network";
import type { Cloud } from "../cloud";
import { entityOf, type Instance } from "../instances/model";
import { ipv6Of } from "../instances/view";

/** What a public address answers to unless another name was set. */
export function defaultName(address: string): string {
  return `${address.replaceAll(".", "-")}.ip.linodeusercontent.com`;
}

/** A Linode's public address as the API shows it. */
export function publicView(cloud: Cloud, instance: Instance) {
  const { subnet, gateway } = cloud.network;
  return {
    address: instance.address,
    gateway,
    subnet_mask: netmask(subnet),
    prefix: Number(subnet.split("/")[1]),
    type: "ipv4",
    public: true,
    rdns: instance.rdns ?? defaultName(instance.address),
    linode_id: instance.id,
    interface_id: null,
    region: instance.region,
    vpc_nat_1_1: null,
    reserved: false,
    assigned_entity: entityOf(instance),
  };
}

/** A Linode's private address as the API shows it. */
export function privateView(cloud: Cloud, instance: Instance, address: string) {
  return {
    ...publicView(cloud, instance),
    address,
    gateway: null,
    subnet_mask: "255.255.128.0",
    prefix: 17,
    public: false,
    rdns: null,
  };
}

/** Every address of a Linode as the API shows them. */
export function addressesView(cloud: Cloud, instance: Instance) {
  const { privateAddress, region, id } = instance;
  const six = (address: string) => ({
    address,
    gateway: "fe80::1",
    subnet_mask: "ffff:ffff:ffff:ffff::",
    prefix: 64,
    type: "ipv6",
    rdns: null,
    linode_id: id,
    region,
    public: !address.startsWith("fe80"),
  });
  const vpc = instance.configs.flatMap((config) =>
    config.interfaces
      .filter((one) => one.purpose === "vpc")
      .map((one) => ({
        address: one.address,
        address_range: null,
        vpc_id: one.vpc,
        subnet_id: one.subnet,
        region,
        linode_id: id,
        config_id: config.id,
        interface_id: one.id,
        active: instance.status === "running",
        nat_1_1: one.nat === null ? null : instance.address,
      })),
  );
  return {
    ipv4: {
      public: [publicView(cloud, instance)],
      private: privateAddress === null ? [] : [privateView(cloud, instance, privateAddress)],
      shared: [],
      reserved: [],
      vpc,
    },
    ipv6: {
      slaac: six(ipv6Of(instance)),
      link_local: six(ipv6Of(instance).replace("2001:db8::", "fe80::")),
      global: [],
      vpc: [],
    },
  };
}
