import { apiTime } from "../ids";
import { BOOTABLE, type Image } from "./images";
import { type Region, regions } from "./regions";
import { type Size, sizes } from "./sizes";

/** Hours a month is charged for at most, by which the API tells hourly prices. */
const HOURS_A_MONTH = 672;
/** When every listed image is said to have been made. */
const IMAGES_MADE = Date.UTC(2026, 0, 15);
/** Every size and image is to be had in every region. */
const EVERYWHERE = regions.map((region) => region.slug);
const EVERY_SIZE = sizes.map((size) => size.slug);

/** A size as the API shows it. */
export function sizeView(size: Size) {
  return {
    slug: size.slug,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: size.disk,
    transfer: size.transfer,
    price_monthly: size.monthly,
    price_hourly: Math.round((size.monthly / HOURS_A_MONTH) * 100_000) / 100_000,
    regions: EVERYWHERE,
    available: true,
    description: size.description,
    networking_throughput: 2000,
    disk_info: [{ type: "local", size: { amount: size.disk, unit: "gib" } }],
  };
}

/** A region as the API shows it. */
export function regionView(region: Region) {
  return {
    name: region.name,
    slug: region.slug,
    features: ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
    available: true,
    sizes: EVERY_SIZE,
  };
}

/** An image as the API shows it. */
export function imageView(image: Image) {
  return {
    id: image.id,
    name: image.name,
    distribution: image.distribution,
    slug: image.slug,
    public: true,
    regions: EVERYWHERE,
    created_at: apiTime(IMAGES_MADE),
    min_disk_size: 7,
    type: "base",
    size_gigabytes: 0.8,
    description: image.slug === BOOTABLE ? `${image.distribution} ${image.name}` : "listed; the sandbox cannot boot it",
    tags: [],
    status: "available",
    error_message: "",
  };
}
