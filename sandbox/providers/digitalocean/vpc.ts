import { completion } from "../bridged";
import type { Resource } from "../resource";
import { until } from "../until";
import type { Properties } from "../wire";
import { type Answer, type Api, ApiError } from "./api";

const path = (id: string) => `v2/vpcs/${id}`;

/** The form in which the real plugin keeps a moment. */
function moment(text: string): string {
  return `${text.replace("T", " ").replace(/(\.0+)?Z$/, "")} +0000 UTC`;
}

/** A private network. */
export function vpc(api: () => Api): Resource {
  const state = ({ vpc: found }: Answer): Properties => ({
    createdAt: moment(found.created_at),
    default: found.default,
    description: found.description ?? "",
    ipRange: found.ip_range,
    name: found.name,
    region: found.region,
    vpcUrn: found.urn,
  });
  return {
    required: ["region"],
    replaceOn: ["ipRange", "region"],
    computed: ["createdAt", "default", "vpcUrn"],
    chosen: ["ipRange"],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    async create(inputs, { signal }) {
      const { name, region, description, ipRange } = inputs;
      const made = await api().post("v2/vpcs", { name, region, description, ip_range: ipRange }, signal);
      return { id: made.vpc.id, outputs: state(made) };
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found);
    },
    async update(id, old, { name, description }, { signal }) {
      return state(await api().put(path(id), { name, description: description ?? "", default: old.default }, signal));
    },
    async delete(id, _state, { signal }) {
      // Members that are being removed keep the network for a while.
      await until(`VPC ${id} to be empty`, 120, signal, async () => {
        try {
          await api().delete(path(id), signal);
          return true;
        } catch (error) {
          if (error instanceof ApiError && (error.status === 403 || error.status === 409)) return undefined;
          throw error;
        }
      });
    },
  };
}
