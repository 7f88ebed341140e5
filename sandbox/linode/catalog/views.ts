import type { Image } from "./images";
import type { Region } from "./regions";
import type { Type } from "./types";

/** A region as the API shows it. */
export function regionView(region: Region) {
  const monitored = region.capabilities.includes("Managed Databases") ? ["Managed Databases"] : [];
  return {
    id: region.id,
    label: region.label,
    country: region.country,
    capabilities: region.capabilities,
    monitors: { alerts: monitored, metrics: monitored },
    status: "ok",
    resolvers: { ipv4: "192.0.2.5,192.0.2.6", ipv6: "2001:db8::5,2001:db8::6" },
    placement_group_limits: {
      maximum_pgs_per_customer: null,
      maximum_linodes_per_pg: 5,
      maximum_linodes_per_flexible_pg: 5,
    },
    site_type: "core",
  };
}

/** A plan as the API shows it. */
export function typeView(type: Type) {
  const hours = 24 * 28;
  const backups = { hourly: Number((type.backupsMonthly / hours).toFixed(4)), monthly: type.backupsMonthly };
  return {
    id: type.id,
    label: type.label,
    price: { hourly: type.hourly, monthly: type.monthly },
    region_prices: [],
    addons: { backups: { price: backups, region_prices: [] } },
    memory: type.memory,
    disk: type.disk,
    transfer: type.transfer,
    vcpus: type.vcpus,
    gpus: 0,
    accelerated_devices: 0,
    network_out: type.networkOut,
    class: type.class,
    successor: null,
  };
}

/** An image as the API shows it. */
export function imageView(image: Image) {
  return {
    id: image.id,
    label: image.label,
    deprecated: false,
    size: image.size,
    created: "2025-08-12T15:00:00",
    updated: "2025-08-12T15:00:00",
    description: "",
    created_by: "linode",
    type: "manual",
    tags: [],
    is_public: true,
    is_shared: false,
    vendor: image.vendor,
    expiry: null,
    eol: "2030-06-30T04:00:00",
    regions: null,
    status: "available",
    capabilities: ["cloud-init", "distributed-sites"],
    image_sharing: null,
  };
}
