import { netmask } from "../../cloud/network";
import { pending } from "../actions/run";
import { findImage } from "../catalog/images";
import { findRegion } from "../catalog/regions";
import { findSize } from "../catalog/sizes";
import { imageView, regionView, sizeView } from "../catalog/views";
import type { Cloud } from "../cloud";
import { apiTime } from "../ids";
import { nextWindow } from "./backups";
import type { Droplet } from "./model";

/** A droplet as the API shows it. */
export function dropletView(cloud: Cloud, droplet: Droplet) {
  const image = findImage(droplet.image);
  const size = findSize(droplet.size);
  const region = findRegion(droplet.region);
  return {
    id: droplet.id,
    name: droplet.name,
    memory: droplet.memory,
    vcpus: droplet.vcpus,
    disk: droplet.disk,
    disk_info: [{ type: "local", size: { amount: droplet.disk, unit: "gib" } }],
    locked: pending(cloud, droplet.id).length > 0,
    status: droplet.status,
    kernel: null,
    created_at: apiTime(droplet.created),
    features: features(droplet),
    backup_ids: [],
    next_backup_window: droplet.backupPolicy ? nextWindow(droplet.backupPolicy, cloud.clock.now()) : null,
    snapshot_ids: [],
    image: image ? imageView(image) : null,
    volume_ids: cloud.state.volumes.filter((volume) => volume.droplet === droplet.id).map((volume) => volume.id),
    size: size ? sizeView(size) : null,
    size_slug: droplet.size,
    networks: networks(cloud, droplet),
    region: region ? regionView(region) : null,
    tags: droplet.tags,
    vpc_uuid: droplet.vpc,
  };
}

function features(droplet: Droplet): string[] {
  const shown: [string, boolean][] = [
    ["backups", droplet.backupPolicy !== null],
    ["ipv6", droplet.ipv6],
    ["monitoring", droplet.monitoring],
    ["droplet_agent", droplet.agent],
    ["private_networking", true],
  ];
  return shown.filter(([, on]) => on).map(([name]) => name);
}

/** A new droplet has no addresses to show yet. Public and private address are the same: the sandbox has one network. */
function networks(cloud: Cloud, droplet: Droplet) {
  if (droplet.status === "new") return { v4: [], v6: [] };
  const { subnet, gateway } = cloud.network;
  const v4 = (type: "public" | "private") => ({
    ip_address: droplet.address,
    netmask: netmask(subnet),
    gateway,
    type,
  });
  const v6 = {
    ip_address: `2001:db8::${droplet.id.toString(16).replace(/(.{4})$/, ":$1")}`,
    netmask: 64,
    gateway: "2001:db8::1",
    type: "public",
  };
  return { v4: [v4("public"), v4("private")], v6: droplet.ipv6 ? [v6] : [] };
}
