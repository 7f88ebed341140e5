import { z } from "zod";
import { nextFree } from "../../cloud/network";
import { checked } from "../body";
import { BOOTABLE, findImage, type Image } from "../catalog/images";
import { findRegion } from "../catalog/regions";
import { isOffered } from "../catalog/routes";
import { findType } from "../catalog/types";
import type { Cloud } from "../cloud";
import { beyondSandbox, type Reason, refuseAll, refused } from "../errors";
import type { Event } from "../events/model";
import { begin } from "../events/run";
import { attach } from "../firewalls/devices";
import { labelFaults } from "../label";
import { AskedTags } from "../tags";
import { AskedAccess, accessFaults, accessFrom } from "./access";
import { deploy, emptyConfig, SWAP } from "./disks";
import { AskedInterfaces, interfacesFrom } from "./interfaces";
import { entityOf, type Instance, LABELS } from "./model";
import { nextPrivate } from "./privateAddress";
import { decodeUserData, userDataFaults } from "./userData";

const ALERTS = { cpu: 90, network_in: 10, network_out: 10, transfer_quota: 80, io: 10000 };
/** MiB that are left for the root disk at least. */
const LEAST_DISK = 1024;

/** What a Linode is deployed with, at first and when it is rebuilt. */
export const AskedDeploy = AskedAccess.extend({
  image: z.string().nullish(),
  booted: z.boolean().nullish(),
  swap_size: z.number().int().min(0).nullish(),
  metadata: z.object({ user_data: z.string().nullish() }).nullish(),
  disk_encryption: z.enum(["enabled", "disabled"], { error: "Must be one of enabled, disabled" }).nullish(),
  stackscript_id: z.number().int().nullish(),
});

const NewInterfaces = z
  .array(
    z.object({
      firewall_id: z.number().int().nullish(),
      vpc: z.unknown().optional(),
      vlan: z.unknown().optional(),
      public: z.unknown(),
    }),
  )
  .nullish();

/** Body of `POST /linode/instances`. */
export const AskedInstance = AskedDeploy.extend({
  region: z.string(),
  type: z.string(),
  label: z.string().nullish(),
  group: z.string().nullish(),
  tags: AskedTags,
  backups_enabled: z.boolean().nullish(),
  backup_id: z.number().int().nullish(),
  private_ip: z.boolean().nullish(),
  firewall_id: z.number().int().nullish(),
  /** Of another form for each generation. */
  interfaces: z.unknown().optional(),
  interface_generation: z
    .enum(["legacy_config", "linode"], { error: "Must be one of legacy_config, linode" })
    .nullish(),
  maintenance_policy: z.string().nullish(),
  ipv4: z.array(z.string()).nullish(),
  alerts: z.record(z.string(), z.number()).nullish().catch(null),
});
/** @see AskedInstance */
export type AskedInstance = z.infer<typeof AskedInstance>;

/** Records the Linode a request asks for and starts its machine. Refuses, in the API's words, before anything is made. */
export async function createInstance(
  cloud: Cloud,
  asked: AskedInstance,
): Promise<{ instance: Instance; events: Event[] }> {
  const { state } = cloud;
  const access = await accessFrom(cloud, asked);
  // From here on nothing else comes between, so that two requests never get the same label or address.
  refuseAll(faultsOf(cloud, asked));
  refuseBeyond(asked);
  const image = asked.image ? deployable(asked.image) : undefined;
  const legacy = asked.interface_generation !== "linode";
  const interfaces = legacy ? interfacesFrom(cloud, checked(AskedInterfaces, asked.interfaces, "interfaces")) : [];
  const firewalls = legacy ? [] : publicFirewalls(cloud, checked(NewInterfaces, asked.interfaces, "interfaces"));
  const address = nextFree(cloud.network.machines, cloud.taken());
  if (address === undefined) {
    throw refused(`A limit on your account is reached: the range ${cloud.network.machines.join("-")} is used up`);
  }
  const type = findType(asked.type);
  state.counters.instance += 1;
  const id = state.counters.instance;
  const now = cloud.clock.now();
  const instance: Instance = {
    id,
    label: asked.label || `linode${id}`,
    group: asked.group ?? "",
    region: asked.region,
    type: asked.type,
    image: null,
    status: "provisioning",
    created: now,
    updated: now,
    tags: asked.tags ?? [],
    address,
    privateAddress: asked.private_ip ? nextPrivate(state) : null,
    rdns: null,
    watchdog: true,
    backups: asked.backups_enabled ?? false,
    backupSchedule: { day: null, window: null },
    alerts: { ...ALERTS, ...asked.alerts },
    maintenancePolicy: asked.maintenance_policy ?? "linode/migrate",
    diskEncryption: asked.disk_encryption ?? "enabled",
    interfaceGeneration: asked.interface_generation ?? "legacy_config",
    userData: decodeUserData(asked.metadata?.user_data),
    access,
    disks: [],
    configs: [],
    machineImage: cloud.settings().machineImage,
    deleting: false,
    absent: true,
  };
  state.instances.push(instance);
  if (image) deploy(cloud, instance, image, type?.disk ?? 0, asked.swap_size ?? SWAP);
  if (interfaces.length > 0) {
    const config = instance.configs[0] ?? emptyConfig(cloud, "My Profile");
    config.interfaces = interfaces;
    instance.configs = [config];
  }
  for (const firewall of asked.firewall_id ? [asked.firewall_id, ...firewalls] : firewalls) {
    attach(cloud, firewall, instance);
  }
  return { instance, events: bringUp(cloud, instance, "linode_create", image, asked.booted ?? true) };
}

/** Begins what makes a Linode's disk anew and, if it is to run, boots it. */
export function bringUp(
  cloud: Cloud,
  instance: Instance,
  action: "linode_create" | "linode_rebuild",
  image: Image | undefined,
  boot: boolean,
): Event[] {
  const entity = entityOf(instance);
  const kind = action === "linode_create" ? "create" : "rebuild";
  const from = image && { type: "image" as const, id: image.id, label: image.label, url: `/v4/images/${image.id}` };
  const made = begin(cloud, {
    action,
    entity,
    holds: instance.id,
    change: { kind, linode: instance.id },
    ...(from ? { secondary: from } : {}),
  });
  if (!image || !boot) return [made];
  const booted = begin(cloud, {
    action: "linode_boot",
    entity,
    holds: instance.id,
    change: { kind: "boot", linode: instance.id },
  });
  return [made, booted];
}

/** The image of an id. Throws the API's 400 if there is none, and 501 if it boots on no machine here. */
export function deployable(id: string): Image {
  const image = findImage(id);
  if (!image) throw refused("image is not valid", "image");
  if (image.id !== BOOTABLE) throw beyondSandbox(`of the images, ${BOOTABLE} boots; ${image.id} does not`);
  return image;
}

function faultsOf(cloud: Cloud, asked: AskedInstance): Reason[] {
  const type = findType(asked.type);
  const region = findRegion(asked.region);
  const others = cloud.state.instances.map((instance) => instance.label);
  const faults: Reason[] = [];
  if (!type) faults.push({ reason: "A valid plan type by that ID was not found", field: "type" });
  if (!region) faults.push({ reason: "region is not valid", field: "region" });
  if (type && region && !isOffered(region, type.class)) {
    faults.push({ reason: `${type.label} is not available in this region`, field: "region" });
  }
  if (asked.label) faults.push(...labelFaults(asked.label, LABELS, others));
  if (asked.image && !findImage(asked.image)) faults.push({ reason: "image is not valid", field: "image" });
  faults.push(...accessFaults(asked, Boolean(asked.image)));
  if (asked.metadata?.user_data) faults.push(...userDataFaults(asked.metadata.user_data));
  if (asked.firewall_id && !cloud.state.firewalls.some((known) => known.id === asked.firewall_id)) {
    faults.push({ reason: "firewall_id is not valid", field: "firewall_id" });
  }
  if (type && asked.swap_size && type.disk - asked.swap_size < LEAST_DISK) {
    faults.push({ reason: "swap_size is too large for this plan", field: "swap_size" });
  }
  return faults;
}

function refuseBeyond(asked: AskedInstance): void {
  if (asked.stackscript_id) throw beyondSandbox("stackscript_id: give metadata.user_data");
  if (asked.backup_id) throw beyondSandbox("backup_id: it has no backups");
  if (asked.ipv4?.length) throw beyondSandbox("ipv4: it has no reserved addresses");
}

/** The firewalls of a Linode's one public interface. Throws for interfaces that no machine here has. */
function publicFirewalls(cloud: Cloud, interfaces: z.infer<typeof NewInterfaces>): number[] {
  const asked = interfaces ?? [];
  if (asked.some((one) => one.vpc || one.vlan) || asked.length > 1) {
    throw beyondSandbox("interfaces of the generation linode but the one public interface");
  }
  return asked.flatMap((one, index) => {
    if (!one.firewall_id) return [];
    if (!cloud.state.firewalls.some((known) => known.id === one.firewall_id)) {
      throw refused("firewall_id is not valid", `interfaces[${index}].firewall_id`);
    }
    return [one.firewall_id];
  });
}
