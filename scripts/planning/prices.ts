/** What a resource costs in a month. From the clouds' own lists; what no API of theirs tells stands here, with its source. */
import { z } from "zod";

/** US dollars a month. None of a list where it could not be had. */
export interface PriceLists {
  /** By size of droplet. */
  readonly droplets?: ReadonlyMap<string, number>;
  /** By type of Linode. */
  readonly linodes?: ReadonlyMap<string, RegionalPrice>;
  /** By type of database node, then by number of nodes. */
  readonly linodeDatabases?: ReadonlyMap<string, ReadonlyMap<number, RegionalPrice>>;
  /** A GB of a volume. */
  readonly linodeVolume?: RegionalPrice;
}

/** A price, and those of regions where it is another. */
export interface RegionalPrice {
  readonly monthly: number;
  readonly regions: ReadonlyMap<string, number>;
  /** What backups by the cloud add, where that is a price of its own. */
  readonly backups?: RegionalPrice;
}

/** What weekly backups by DigitalOcean add to a droplet's price, by public price calculators; no API tells it. */
const dropletBackups = 0.2;

/**
 * Of DigitalOcean's Postgres, a node of each basic size: its API lists sizes without prices. These are round dollars a month on which
 * public price calculators agree, disk as it comes; other families are not priced here.
 */
const digitaloceanDatabases: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 15,
  "db-s-1vcpu-2gb": 30,
  "db-s-2vcpu-4gb": 60,
  "db-s-4vcpu-8gb": 120,
  "db-s-6vcpu-16gb": 240,
  "db-s-8vcpu-32gb": 480,
};

/** A GB of a volume of DigitalOcean's, by public price calculators; no API tells it. */
const digitaloceanVolume = 0.1;

const Price = z.looseObject({
  id: z.string().optional(),
  price: z.looseObject({ monthly: z.number() }),
  region_prices: z.array(z.looseObject({ id: z.string(), monthly: z.number().nullish() })).default([]),
});
const LinodeType = Price.extend({ addons: z.looseObject({ backups: Price.optional() }).optional() });

/** Of DigitalOcean's `/v2/sizes`. */
export function readDroplets(body: unknown): ReadonlyMap<string, number> {
  const { sizes } = z
    .looseObject({ sizes: z.array(z.looseObject({ slug: z.string(), price_monthly: z.number() })) })
    .parse(body);
  return new Map(sizes.map(({ slug, price_monthly: monthly }) => [slug, monthly]));
}

/** Of Linode's `/v4/linode/types`. */
export function readLinodes(body: unknown): ReadonlyMap<string, RegionalPrice> {
  const { data } = z.looseObject({ data: z.array(LinodeType) }).parse(body);
  return new Map(
    data.map(({ addons, ...type }) => [
      type.id ?? "",
      { ...regional(type), ...(addons?.backups ? { backups: regional(addons.backups) } : {}) },
    ]),
  );
}

/** Of Linode's `/v4/databases/types`. */
export function readLinodeDatabases(body: unknown): ReadonlyMap<string, ReadonlyMap<number, RegionalPrice>> {
  const Nodes = Price.extend({ quantity: z.number() });
  const { data } = z
    .looseObject({
      data: z.array(
        z.looseObject({ id: z.string(), engines: z.looseObject({ postgresql: z.array(Nodes).default([]) }) }),
      ),
    })
    .parse(body);
  return new Map(
    data.map(({ id, engines }) => [id, new Map(engines.postgresql.map((nodes) => [nodes.quantity, regional(nodes)]))]),
  );
}

/** Of Linode's `/v4/volumes/types`: there is one. */
export function readLinodeVolume(body: unknown): RegionalPrice | undefined {
  const [first] = z.looseObject({ data: z.array(Price) }).parse(body).data;
  return first && regional(first);
}

function regional({ price, region_prices: regions }: z.output<typeof Price>): RegionalPrice {
  return {
    monthly: price.monthly,
    regions: new Map(regions.flatMap(({ id, monthly }) => (typeof monthly === "number" ? [[id, monthly]] : []))),
  };
}

/** What a resource of a type is priced by: a few words for its row, and dollars a month. */
export interface Priced {
  readonly what: string;
  /** None where the price isn't known. */
  readonly monthly: number | undefined;
}

type Properties = Readonly<Record<string, unknown>>;

const rules: Readonly<Record<string, (properties: Properties, lists: PriceLists) => Priced>> = {
  "digitalocean:index/droplet:Droplet": ({ size, backups }, { droplets }) => ({
    what: `droplet ${size}${backupsText(backups)}`,
    monthly: times(backups === true ? 1 + dropletBackups : 1, droplets?.get(String(size))),
  }),
  "digitalocean:index/volume:Volume": ({ size }) => ({
    what: `volume of ${size} GB`,
    monthly: times(Number(size), digitaloceanVolume),
  }),
  "digitalocean:index/databaseCluster:DatabaseCluster": ({ size, nodeCount }) => ({
    what: `managed Postgres ${size}${nodesText(nodeCount)}`,
    monthly: times(Number(nodeCount), digitaloceanDatabases[String(size)]),
  }),
  "linode:index/instance:Instance": ({ type, region, backupsEnabled }, { linodes }) => {
    const price = linodes?.get(String(type));
    return {
      what: `Linode ${type}${backupsText(backupsEnabled)}`,
      monthly: sum(inRegion(price, region), backupsEnabled === true ? inRegion(price?.backups, region) : 0),
    };
  },
  "linode:index/volume:Volume": ({ size, region }, { linodeVolume }) => ({
    what: `volume of ${size} GB`,
    monthly: times(Number(size), inRegion(linodeVolume, region)),
  }),
  "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": ({ type, clusterSize, region }, { linodeDatabases }) => ({
    what: `managed Postgres ${type}${nodesText(clusterSize)}`,
    monthly: inRegion(linodeDatabases?.get(String(type))?.get(Number(clusterSize)), region),
  }),
};

function backupsText(backups: unknown): string {
  return backups === true ? " with backups" : "";
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

function nodesText(count: unknown): string {
  return Number(count) > 1 ? `, ${count} nodes` : "";
}

function times(count: number, price: number | undefined): number | undefined {
  return price === undefined || !Number.isFinite(count) ? undefined : count * price;
}

function inRegion(price: RegionalPrice | undefined, region: unknown): number | undefined {
  return price && (price.regions.get(String(region)) ?? price.monthly);
}

/** Price of a resource with these properties; `undefined` for a kind that costs nothing by itself. */
export function priceOf(type: string, properties: Properties, lists: PriceLists): Priced | undefined {
  return rules[type]?.(properties, lists);
}

/** Whether a type of resource is one that costs something. */
export function isPriced(type: string): boolean {
  return type in rules;
}
