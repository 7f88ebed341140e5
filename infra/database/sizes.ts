/** Sizes of managed databases: what can be told of one before any cloud is asked. */
import { mayBePlan } from "../host/linodePlans";
import type { ClusterChoice } from "./choice";

/** Clouds whose managed databases a stack can make, for a machine of the same cloud. */
export const managedClouds = ["digitalocean", "linode"] as const;
/** @see managedClouds */
export type ManagedCloud = (typeof managedClouds)[number];

/** What is wrong with a part of what a cluster is made from. */
export interface SizeMistake {
  readonly key: "size" | "standby";
  readonly what: string;
  readonly allowed: string;
  readonly mend?: string;
}

/** Sizes of the two clouds with the same memory and, up to 8 GB, much the same price (their lists of 2026). */
const alike: readonly { readonly digitalocean: string; readonly linode: string }[] = [
  { digitalocean: "db-s-1vcpu-1gb", linode: "g6-nanode-1" },
  { digitalocean: "db-s-1vcpu-2gb", linode: "g6-standard-1" },
  { digitalocean: "db-s-2vcpu-4gb", linode: "g6-standard-2" },
  { digitalocean: "db-s-4vcpu-8gb", linode: "g6-standard-4" },
  { digitalocean: "db-s-6vcpu-16gb", linode: "g6-standard-6" },
  { digitalocean: "db-s-8vcpu-32gb", linode: "g6-standard-8" },
  { digitalocean: "db-s-16vcpu-64gb", linode: "g6-standard-16" },
];

/** How each cloud's sizes look. DigitalOcean has many families of them, and refuses by name what it doesn't have. */
const forms: Readonly<Record<ManagedCloud, RegExp>> = {
  digitalocean: /^(?!g\d+-)/,
  linode: /^g\d+-(?<family>[a-z]+)-\d+$/,
};

/** Finds what a cloud would refuse, as far as that is known. */
export function mistakeInSize(
  cloud: ManagedCloud,
  { size, standby }: Pick<ClusterChoice, "size" | "standby">,
): SizeMistake | undefined {
  const fits = forms[cloud].exec(size);
  if (!fits) return unknownSize(cloud, size);
  if (cloud !== "linode") return undefined;
  if (!mayBePlan(size)) return unknownSize(cloud, size);
  const isShared = ["nanode", "standard"].includes(fits.groups?.family ?? "");
  if (!isShared || standby !== 1) return undefined;
  return {
    key: "standby",
    what: `1 makes two nodes, and a shared plan such as ${size} has one or three`,
    allowed: "0, 2; 1 with a dedicated or premium plan, e.g. g6-dedicated-2",
  };
}

function unknownSize(cloud: ManagedCloud, size: string): SizeMistake {
  const twin = alike.find((sizes) => Object.values(sizes).includes(size));
  return {
    key: "size",
    what: `${JSON.stringify(size)} is no size of a managed database of ${cloud}`,
    allowed: `${alike.map((sizes) => sizes[cloud]).join(", ")}, … (docs/clouds.md)`,
    ...(twin && { mend: `size: ${twin[cloud]} has as much memory` }),
  };
}
