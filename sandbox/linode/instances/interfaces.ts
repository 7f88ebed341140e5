import { z } from "zod";
import type { Cloud } from "../cloud";
import { beyondSandbox, refused } from "../errors";
import { nextHost } from "../vpcs/addresses";
import { findSubnet } from "../vpcs/model";

/** An interface of a config, on record: every machine has the one link, its public one. */
export interface InterfaceRecord {
  readonly id: number;
  readonly purpose: "public" | "vlan" | "vpc";
  readonly primary: boolean;
  readonly label: string | null;
  readonly ipam: string | null;
  readonly vpc: number | null;
  readonly subnet: number | null;
  /** Its address in the VPC. */
  readonly address: string | null;
  readonly nat: string | null;
}

/** Interfaces as requests bring them. */
export const AskedInterfaces = z
  .array(
    z.object({
      purpose: z.enum(["public", "vlan", "vpc"], { error: "Must be one of public, vlan, vpc" }),
      primary: z.boolean().nullish(),
      label: z.string().nullish(),
      ipam_address: z.string().nullish(),
      subnet_id: z.number().int().nullish(),
      ipv4: z.object({ vpc: z.string().nullish(), nat_1_1: z.string().nullish() }).nullish(),
    }),
  )
  .nullish();

/** The interfaces of a request as they are kept. Throws the API's 400 for a subnet that does not exist. */
export function interfacesFrom(cloud: Cloud, asked: z.infer<typeof AskedInterfaces>): InterfaceRecord[] {
  return (asked ?? []).map((one, index) => {
    const field = `interfaces[${index}]`;
    cloud.state.counters.interface += 1;
    const record = {
      id: cloud.state.counters.interface,
      purpose: one.purpose,
      primary: one.primary ?? false,
      label: one.label ?? null,
      ipam: one.ipam_address ?? null,
      vpc: null,
      subnet: null,
      address: null,
      nat: null,
    };
    if (one.purpose !== "vpc") return record;
    const found = findSubnet(cloud.state, one.subnet_id ?? 0);
    if (!found) throw refused("subnet_id is not valid", `${field}.subnet_id`);
    if (one.ipv4?.nat_1_1 && one.ipv4.nat_1_1 !== "any") throw beyondSandbox("nat_1_1 of another address than any");
    const address = one.ipv4?.vpc || nextHost(cloud.state, found.subnet);
    return { ...record, vpc: found.vpc.id, subnet: found.subnet.id, address, nat: one.ipv4?.nat_1_1 ? "any" : null };
  });
}

/** An interface as the API shows it. @param publicAddress what a VPC address is translated to */
export function interfaceView(one: InterfaceRecord, active: boolean, publicAddress: string) {
  return {
    id: one.id,
    purpose: one.purpose,
    primary: one.primary,
    active,
    ipam_address: one.purpose === "vlan" ? (one.ipam ?? "") : null,
    label: one.label,
    vpc_id: one.vpc,
    subnet_id: one.subnet,
    ipv4: one.purpose === "vpc" ? { vpc: one.address, nat_1_1: one.nat === null ? null : publicAddress } : null,
    ip_ranges: one.purpose === "vpc" ? [] : null,
    ipv6: null,
  };
}
