import { findRegion } from "../catalog/regions";
import type { Cloud } from "../cloud";
import { uuid } from "../ids";

/** A private network on record: every machine of the sandbox is on the one network it has. */
export interface Vpc {
  readonly id: string;
  name: string;
  description: string;
  readonly region: string;
  /** CIDR form. */
  readonly range: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  isDefault: boolean;
}

/** The default network of a region; made when it is first asked for, as the cloud does. */
export function defaultVpc(cloud: Cloud, region: string): Vpc {
  const known = cloud.state.vpcs.find((vpc) => vpc.region === region && vpc.isDefault);
  if (known) return known;
  return addVpc(cloud, {
    name: `default-${findRegion(region)?.slug ?? region}`,
    description: "",
    region,
    range: cloud.network.subnet,
    isDefault: true,
  });
}

/** Records a network. */
export function addVpc(cloud: Cloud, fresh: Omit<Vpc, "id" | "created">): Vpc {
  const { state } = cloud;
  state.counters.vpc += 1;
  const vpc: Vpc = { id: uuid("vpc", state.counters.vpc), created: cloud.clock.now(), ...fresh };
  state.vpcs.push(vpc);
  return vpc;
}
