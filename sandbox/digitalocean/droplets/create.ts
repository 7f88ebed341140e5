import { z } from "zod";
import { nextFree } from "../../cloud/network";
import type { Action, BackupPolicy } from "../actions/model";
import { begin } from "../actions/run";
import { BOOTABLE, findImage } from "../catalog/images";
import { findRegion } from "../catalog/regions";
import { findSize } from "../catalog/sizes";
import type { Cloud } from "../cloud";
import { beyondSandbox, unprocessable } from "../errors";
import { reapply } from "../firewalls/filters";
import { findKey } from "../keys/routes";
import { ensureTags } from "../tags/model";
import type { Volume } from "../volumes/model";
import { defaultVpc, type Vpc } from "../vpcs/model";
import { AskedPolicy, policyFrom } from "./backups";
import type { Droplet } from "./model";

const HOSTNAME = /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,252}[a-zA-Z0-9])?$/;
/** Most bytes of user data the cloud takes. */
const USER_DATA = 64 * 1024;

const name = z.string().regex(HOSTNAME, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
const idOrName = z.union([z.number(), z.string()]).transform(String);

/** Body of `POST /v2/droplets`. */
export const AskedDroplets = z
  .object({
    name: name.optional(),
    names: z.array(name).min(1).max(10).optional(),
    region: z.string().nullish(),
    size: z.string(),
    image: idOrName,
    ssh_keys: z.array(idOrName).nullish(),
    backups: z.boolean().nullish(),
    backup_policy: AskedPolicy.nullish(),
    ipv6: z.boolean().nullish(),
    monitoring: z.boolean().nullish(),
    with_droplet_agent: z.boolean().nullish(),
    public_networking: z.boolean().nullish(),
    user_data: z.string().nullish(),
    volumes: z.array(z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)])).nullish(),
    tags: z.array(z.string()).nullish(),
    vpc_uuid: z.string().nullish(),
  })
  .refine((asked) => asked.name !== undefined || asked.names !== undefined, "Name can't be blank");
/** @see AskedDroplets */
export type AskedDroplets = z.infer<typeof AskedDroplets>;

/** A droplet that was made and the action that brings it up. */
export interface Made {
  readonly droplet: Droplet;
  readonly action: Action;
}

/** Records the droplets a request asks for and starts their machines. Refuses, in the API's words, before anything is made. */
export function createDroplets(cloud: Cloud, asked: AskedDroplets): Made[] {
  const { state } = cloud;
  const names = asked.names ?? [asked.name ?? ""];
  const region = findRegion(asked.region ?? "nyc3");
  if (!region) throw unprocessable("You specified an invalid region for Droplet creation.");
  const size = findSize(asked.size);
  if (!size) throw unprocessable("You specified an invalid size for Droplet creation.");
  const image = findImage(asked.image);
  if (!image) throw unprocessable("You specified an invalid image for Droplet creation.");
  if (image.slug !== BOOTABLE) throw beyondSandbox(`of the images, ${BOOTABLE} boots; ${image.slug} does not`);
  if (asked.public_networking === false)
    throw beyondSandbox("every droplet is on its one network; leave public_networking");
  if (Buffer.byteLength(asked.user_data ?? "") > USER_DATA)
    throw unprocessable("User data is too long (maximum is 64 KiB)");
  const sshKeys = publicKeys(cloud, asked.ssh_keys ?? []);
  const volumes = freeVolumes(cloud, asked.volumes ?? [], region.slug);
  if (volumes.length > 0 && names.length > 1) throw unprocessable("volumes can't be attached to more than one Droplet");
  const addresses = freeAddresses(cloud, names.length);
  const vpc = asked.vpc_uuid ? vpcOf(cloud, asked.vpc_uuid, region.slug) : defaultVpc(cloud, region.slug);
  const tags = ensureTags(state, asked.tags ?? []);
  const backupPolicy: BackupPolicy | null = asked.backups ? policyFrom(asked.backup_policy ?? {}) : null;

  const droplets = names.map((name, index): Droplet => {
    state.counters.droplet += 1;
    return {
      id: state.counters.droplet,
      name,
      region: region.slug,
      size: size.slug,
      memory: size.memory,
      vcpus: size.vcpus,
      disk: size.disk,
      image: image.slug,
      status: "new",
      created: cloud.clock.now(),
      tags: [...new Set(tags)],
      vpc: vpc.id,
      address: addresses[index] ?? "",
      ipv6: asked.ipv6 ?? false,
      monitoring: asked.monitoring ?? false,
      agent: asked.with_droplet_agent ?? true,
      backupPolicy,
      userData: asked.user_data ?? null,
      sshKeys,
      machineImage: cloud.settings().machineImage,
      destroying: false,
      absent: true,
    };
  });
  state.droplets.push(...droplets);
  const first = droplets[0]?.id ?? null;
  for (const volume of volumes) Object.assign(volume, { droplet: first, target: first });
  const made = droplets.map((droplet) => ({
    droplet,
    action: begin(cloud, {
      type: "create",
      resourceType: "droplet",
      resourceId: droplet.id,
      region: droplet.region,
      locks: [droplet.id],
      change: { kind: "create", droplet: droplet.id },
    }),
  }));
  reapply(cloud);
  return made;
}

function publicKeys(cloud: Cloud, asked: readonly string[]): string[] {
  const unknown = asked.filter((key) => !findKey(cloud.state, key));
  if (unknown.length > 0)
    throw unprocessable(`${unknown.join(", ")} are invalid key identifiers for Droplet creation.`);
  return asked.flatMap((key) => findKey(cloud.state, key)?.publicKey ?? []);
}

function freeVolumes(cloud: Cloud, asked: readonly string[], region: string): Volume[] {
  return asked.map((id) => {
    const volume = cloud.state.volumes.find((known) => known.id === id);
    if (!volume) throw unprocessable(`volume ${id} does not exist`);
    if (volume.region !== region) throw unprocessable(`volume ${id} is not in the Droplet's region`);
    if (volume.droplet !== null) throw unprocessable(`volume ${id} is already attached to a Droplet`);
    return volume;
  });
}

function freeAddresses(cloud: Cloud, count: number): string[] {
  const taken = [...cloud.taken()];
  const found: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const address = nextFree(cloud.network.machines, [...taken, ...found]);
    if (address === undefined) {
      throw unprocessable(
        `creating this/these droplet(s) will exceed your droplet limit: the sandbox's range ${cloud.network.machines.join("-")} is used up`,
      );
    }
    found.push(address);
  }
  return found;
}

function vpcOf(cloud: Cloud, id: string, region: string): Vpc {
  const vpc = cloud.state.vpcs.find((known) => known.id === id);
  if (!vpc) throw unprocessable("You specified an invalid VPC for Droplet creation.");
  if (vpc.region !== region) throw unprocessable("The VPC is not in the Droplet's region.");
  return vpc;
}
