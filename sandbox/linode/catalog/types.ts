/** A plan. Memory, disk in MiB, transfer in GB a month, network out in Mbit/s, prices in US dollars (the published list of 2026). */
export interface Type {
  readonly id: string;
  readonly label: string;
  readonly class: string;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: number;
  readonly transfer: number;
  readonly networkOut: number;
  readonly hourly: number;
  readonly monthly: number;
  readonly backupsMonthly: number;
}

type Row = readonly [string, string, string, number, number, number, number, number, number, number, number];

const rows: readonly Row[] = [
  ["g6-nanode-1", "Nanode 1GB", "nanode", 1024, 25600, 1, 1000, 1000, 0.0075, 5, 2],
  ["g6-standard-1", "Linode 2GB", "standard", 2048, 51200, 1, 2000, 2000, 0.018, 12, 2.5],
  ["g6-standard-2", "Linode 4GB", "standard", 4096, 81920, 2, 4000, 4000, 0.036, 24, 5],
  ["g6-standard-4", "Linode 8GB", "standard", 8192, 163840, 4, 5000, 5000, 0.072, 48, 10],
  ["g6-standard-6", "Linode 16GB", "standard", 16384, 327680, 6, 8000, 6000, 0.144, 96, 20],
  ["g6-standard-8", "Linode 32GB", "standard", 32768, 655360, 8, 16000, 7000, 0.288, 192, 40],
  ["g7-highmem-1", "Linode 24GB", "highmem", 24576, 20480, 2, 5000, 5000, 0.09, 60, 5],
  ["g6-dedicated-2", "Dedicated 4GB", "dedicated", 4096, 81920, 2, 4000, 4000, 0.054, 36, 5],
  ["g6-dedicated-4", "Dedicated 8GB", "dedicated", 8192, 163840, 4, 5000, 5000, 0.108, 72, 10],
  ["g6-dedicated-8", "Dedicated 16GB", "dedicated", 16384, 327680, 8, 6000, 6000, 0.216, 144, 20],
  ["g6-dedicated-16", "Dedicated 32GB", "dedicated", 32768, 655360, 16, 7000, 7000, 0.432, 288, 40],
  ["g7-premium-2", "Premium 4GB", "premium", 4096, 81920, 2, 4000, 4000, 0.0645, 43, 5],
  ["g7-premium-4", "Premium 8GB", "premium", 8192, 163840, 4, 5000, 5000, 0.129, 86, 10],
];

/** The plans the sandbox lists: none that this computer could not stand in for. */
export const types: readonly Type[] = rows.map(
  ([id, label, kind, memory, disk, vcpus, transfer, networkOut, hourly, monthly, backupsMonthly]) => {
    return { id, label, class: kind, memory, disk, vcpus, transfer, networkOut, hourly, monthly, backupsMonthly };
  },
);

/** The plan of an id, or `undefined`. */
export function findType(id: string): Type | undefined {
  return types.find((type) => type.id === id);
}

/** The plan of an id that is on record. */
export function typeOf(id: string): Type {
  const type = findType(id);
  if (!type) throw new Error(`there is no plan ${id}`);
  return type;
}
