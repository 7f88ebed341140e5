/** A size of droplet. Memory in MiB, disk in GiB, transfer in TB, prices in US dollars (the published list of 2026). */
export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly monthly: number;
  readonly description: string;
}

const basic = "Basic";
const amd = "Basic AMD";
const intel = "Basic Intel";
const cpu = "CPU-Optimized";
const general = "General Purpose";
const memory = "Memory-Optimized";

type Row = readonly [string, number, number, number, number, number, string];

const rows: readonly Row[] = [
  ["s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4, basic],
  ["s-1vcpu-1gb", 1024, 1, 25, 1, 6, basic],
  ["s-1vcpu-1gb-amd", 1024, 1, 25, 1, 7, amd],
  ["s-1vcpu-1gb-intel", 1024, 1, 25, 1, 7, intel],
  ["s-1vcpu-1gb-35gb-intel", 1024, 1, 35, 1, 8, intel],
  ["s-1vcpu-2gb", 2048, 1, 50, 2, 12, basic],
  ["s-1vcpu-2gb-amd", 2048, 1, 50, 2, 14, amd],
  ["s-1vcpu-2gb-intel", 2048, 1, 50, 2, 14, intel],
  ["s-2vcpu-2gb", 2048, 2, 60, 3, 18, basic],
  ["s-2vcpu-2gb-amd", 2048, 2, 60, 3, 21, amd],
  ["s-2vcpu-2gb-intel", 2048, 2, 60, 3, 21, intel],
  ["s-2vcpu-4gb", 4096, 2, 80, 4, 24, basic],
  ["s-2vcpu-4gb-amd", 4096, 2, 80, 4, 28, amd],
  ["s-2vcpu-4gb-intel", 4096, 2, 80, 4, 28, intel],
  ["c-2", 4096, 2, 25, 4, 42, cpu],
  ["s-4vcpu-8gb", 8192, 4, 160, 5, 48, basic],
  ["s-4vcpu-8gb-amd", 8192, 4, 160, 5, 56, amd],
  ["s-4vcpu-8gb-intel", 8192, 4, 160, 5, 56, intel],
  ["g-2vcpu-8gb", 8192, 2, 25, 4, 63, general],
  ["c-4", 8192, 4, 50, 5, 84, cpu],
  ["m-2vcpu-16gb", 16384, 2, 50, 4, 84, memory],
  ["s-8vcpu-16gb", 16384, 8, 320, 6, 96, basic],
  ["s-8vcpu-16gb-amd", 16384, 8, 320, 6, 112, amd],
  ["s-8vcpu-16gb-intel", 16384, 8, 320, 6, 112, intel],
  ["g-4vcpu-16gb", 16384, 4, 50, 5, 126, general],
  ["c-8", 16384, 8, 100, 6, 168, cpu],
  ["m-4vcpu-32gb", 32768, 4, 100, 6, 168, memory],
  ["g-8vcpu-32gb", 32768, 8, 100, 6, 252, general],
];

/** Every size the sandbox knows, smallest first. */
export const sizes: readonly Size[] = rows.map(([slug, memory, vcpus, disk, transfer, monthly, description]) => ({
  slug,
  memory,
  vcpus,
  disk,
  transfer,
  monthly,
  description,
}));

/** The size of a slug (in lower case), or `undefined`. */
export function findSize(slug: string): Size | undefined {
  return sizes.find((size) => size.slug === slug.toLowerCase());
}
