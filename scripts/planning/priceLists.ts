/** Asks the clouds for the price lists that a plan needs, and for no other. */
import { type PriceLists, readDroplets, readLinodeDatabases, readLinodes, readLinodeVolume } from "./prices";

/** Answers a GET of a cloud's path. */
export type Get = (path: string) => Promise<unknown>;

/** How each list is had, and for which type of resource. */
const lists: readonly { type: string; read(get: Get): Promise<PriceLists> }[] = [
  {
    type: "digitalocean:index/droplet:Droplet",
    read: async (get) => ({ droplets: readDroplets(await get("/v2/sizes?per_page=200")) }),
  },
  {
    type: "linode:index/instance:Instance",
    read: async (get) => ({ linodes: readLinodes(await get("/v4/linode/types?page_size=500")) }),
  },
  {
    type: "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
    read: async (get) => ({ linodeDatabases: readLinodeDatabases(await get("/v4/databases/types?page_size=500")) }),
  },
  {
    type: "linode:index/volume:Volume",
    read: async (get) => {
      const linodeVolume = readLinodeVolume(await get("/v4/volumes/types"));
      return linodeVolume === undefined ? {} : { linodeVolume };
    },
  },
];

/** A list that can't be had is left out, and said: a plan without prices is a plan. */
export async function fetchPriceLists(
  types: readonly string[],
  get: Get,
): Promise<{ prices: PriceLists; problems: readonly string[] }> {
  const asked = lists.filter(({ type }) => types.includes(type));
  const answers = await Promise.allSettled(asked.map(({ read }) => read(get)));
  return {
    prices: Object.assign({}, ...answers.map((answer) => (answer.status === "fulfilled" ? answer.value : {}))),
    problems: answers.flatMap((answer) =>
      answer.status === "rejected" ? [`no price list: ${(answer.reason as Error).message.split("\n")[0]}`] : [],
    ),
  };
}
