/** A size of database node: memory in MiB; the least disk it comes with in MiB. */
export interface DatabaseSize {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly storage: number;
}

/** The sizes of Postgres nodes as the API lists them (its OpenAPI document, 2026). */
const slugs = [
  "db-s-1vcpu-1gb",
  "db-s-1vcpu-2gb",
  "db-s-2vcpu-4gb",
  "db-s-4vcpu-8gb",
  "db-s-6vcpu-16gb",
  "gd-2vcpu-8gb",
  "gd-4vcpu-16gb",
  "gd-8vcpu-32gb",
  "gd-16vcpu-64gb",
  "gd-32vcpu-128gb",
  "gd-40vcpu-160gb",
  "so1_5-2vcpu-16gb",
  "so1_5-4vcpu-32gb",
  "so1_5-8vcpu-64gb",
  "so1_5-16vcpu-128gb",
  "so1_5-24vcpu-192gb",
  "so1_5-32vcpu-256gb",
  "db-intel-1vcpu-1gb",
  "db-amd-1vcpu-1gb",
  "db-intel-1vcpu-2gb",
  "db-amd-1vcpu-2gb",
  "db-amd-2vcpu-4gb",
  "db-intel-2vcpu-4gb",
  "db-amd-2vcpu-8gb",
  "db-intel-2vcpu-8gb",
  "db-intel-4vcpu-8gb",
  "db-amd-4vcpu-8gb",
  "db-amd-4vcpu-16gb",
  "db-intel-4vcpu-16gb",
  "db-intel-8vcpu-32gb",
  "db-amd-8vcpu-32gb",
  "db-intel-16vcpu-64gb",
  "db-amd-16vcpu-64gb",
];

/** GiB of disk by GiB of memory: the published ones of the basic sizes, and for larger ones as much again each time. */
const disks: Record<number, number> = { 1: 10, 2: 30, 4: 60, 8: 140, 16: 290 };

/** Every size, in the API's order. */
export const databaseSizes: readonly DatabaseSize[] = slugs.map((slug) => {
  const [, vcpus = "", memory = ""] = /-(\d+)vcpu-(\d+)gb$/.exec(slug) ?? [];
  const gigabytes = Number(memory);
  const disk = disks[gigabytes] ?? (gigabytes / 16) * 290;
  return { slug, memory: gigabytes * 1024, vcpus: Number(vcpus), storage: disk * 1024 };
});

/** Most nodes of a cluster: a primary and two standbys. */
const MOST_NODES = 3;

/** What the API offers by number of nodes: the smallest sizes have no standby. */
export const layouts = Array.from({ length: MOST_NODES }, (_, index) => ({
  num_nodes: index + 1,
  sizes: databaseSizes.filter((size) => index === 0 || size.memory > 1024).map((size) => size.slug),
}));

/** Major versions that new clusters may have, and until when (UTC). */
export const versions = [
  { version: "15", endOfLife: "2027-11-11T00:00:00Z", endOfAvailability: "2027-05-12T00:00:00Z" },
  { version: "16", endOfLife: "2028-11-09T00:00:00Z", endOfAvailability: "2028-05-09T00:00:00Z" },
  { version: "17", endOfLife: "2029-11-08T00:00:00Z", endOfAvailability: "2029-05-08T00:00:00Z" },
] as const;

/** The version a cluster gets that asks for none. */
export const defaultVersion = "17";

/** The size of a slug, or `undefined`. */
export function findSize(slug: string): DatabaseSize | undefined {
  return databaseSizes.find((size) => size.slug === slug);
}
