import type { State } from "../state";

/** A subnet of a VPC, on record. `created` in milliseconds since 1970. */
export interface Subnet {
  readonly id: number;
  label: string;
  /** IPv4 network in CIDR form. */
  readonly ipv4: string;
  readonly created: number;
}

/** A VPC on record; machines are on their one network whatever it says. `created` in milliseconds since 1970. */
export interface Vpc {
  readonly id: number;
  label: string;
  description: string;
  readonly region: string;
  readonly created: number;
  updated: number;
  subnets: Subnet[];
}

/** The subnet of an id and its VPC, or `undefined`. */
export function findSubnet(state: State, id: number): { readonly vpc: Vpc; readonly subnet: Subnet } | undefined {
  for (const vpc of state.vpcs) {
    const subnet = vpc.subnets.find((known) => known.id === id);
    if (subnet) return { vpc, subnet };
  }
  return undefined;
}

/** The Linodes with an interface in a subnet, and those interfaces. */
export function usersOf(state: State, subnet: number) {
  return state.instances.flatMap((instance) => {
    const interfaces = instance.configs.flatMap((config) =>
      config.interfaces
        .filter((one) => one.subnet === subnet)
        .map((one) => ({
          id: one.id,
          active: instance.status === "running",
          config_id: config.id,
          address: one.address,
        })),
    );
    return interfaces.length === 0 ? [] : [{ id: instance.id, interfaces }];
  });
}
