/** A plan of a database. Memory and disk in MiB; prices in US dollars by number of nodes (the published list of 2026). */
export interface DatabaseType {
  readonly id: string;
  readonly label: string;
  readonly class: string;
  readonly vcpus: number;
  readonly disk: number;
  readonly memory: number;
  readonly prices: readonly { readonly quantity: number; readonly hourly: number; readonly monthly: number }[];
}

type Price = readonly [quantity: number, hourly: number, monthly: number];
type Row = readonly [string, string, string, number, number, number, readonly Price[]];

const rows: readonly Row[] = [
  [
    "g6-nanode-1",
    "Nanode 1GB",
    "nanode",
    1,
    9216,
    1024,
    [
      [1, 0.024, 16],
      [3, 0.055, 37],
    ],
  ],
  [
    "g6-standard-1",
    "Linode 2GB",
    "standard",
    1,
    30720,
    2048,
    [
      [1, 0.047, 32],
      [3, 0.11, 74],
    ],
  ],
  [
    "g6-standard-2",
    "Linode 4GB",
    "standard",
    2,
    59392,
    4096,
    [
      [1, 0.094, 63],
      [3, 0.22, 147],
    ],
  ],
  [
    "g6-standard-4",
    "Linode 8GB",
    "standard",
    4,
    133120,
    8192,
    [
      [1, 0.189, 126],
      [3, 0.441, 294],
    ],
  ],
  [
    "g6-standard-6",
    "Linode 16GB",
    "standard",
    6,
    286720,
    16384,
    [
      [1, 0.378, 252],
      [3, 0.882, 588],
    ],
  ],
  [
    "g6-standard-8",
    "Linode 32GB",
    "standard",
    8,
    589824,
    32768,
    [
      [1, 0.756, 504],
      [3, 1.764, 1176],
    ],
  ],
  [
    "g6-dedicated-2",
    "Dedicated 4GB",
    "dedicated",
    2,
    59392,
    4096,
    [
      [1, 0.102, 68],
      [2, 0.214, 143],
      [3, 0.307, 206],
    ],
  ],
  [
    "g6-dedicated-4",
    "Dedicated 8GB",
    "dedicated",
    4,
    133120,
    8192,
    [
      [1, 0.204, 136],
      [2, 0.427, 285],
      [3, 0.615, 410],
    ],
  ],
  [
    "g6-dedicated-8",
    "Dedicated 16GB",
    "dedicated",
    8,
    286720,
    16384,
    [
      [1, 0.409, 273],
      [2, 0.885, 590],
      [3, 1.228, 819],
    ],
  ],
];

/** The plans of databases that the sandbox lists: none that this computer could not stand in for. */
export const databaseTypes: readonly DatabaseType[] = rows.map(([id, label, kind, vcpus, disk, memory, prices]) => ({
  id,
  label: `DBaaS - ${label}`,
  class: kind,
  vcpus,
  disk,
  memory,
  prices: prices.map(([quantity, hourly, monthly]) => ({ quantity, hourly, monthly })),
}));

/** Major versions of Postgres that the API offers. */
export const versions: readonly string[] = ["14", "15", "16", "17"];

/** The plan of an id, or `undefined`. */
export function findDatabaseType(id: string): DatabaseType | undefined {
  return databaseTypes.find((type) => type.id === id);
}

/** A plan as the API shows it. */
export function databaseTypeView({ prices, ...type }: DatabaseType) {
  return {
    ...type,
    engines: { postgresql: prices.map(({ quantity, hourly, monthly }) => ({ quantity, price: { hourly, monthly } })) },
  };
}

/** A version as the API shows it. */
export function engineView(version: string) {
  return { id: `postgresql/${version}`, engine: "postgresql", version };
}
