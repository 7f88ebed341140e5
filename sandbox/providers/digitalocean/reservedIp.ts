import { randomBytes } from "node:crypto";
import { completion } from "../bridged";
import type { Call, Resource } from "../resource";
import { until } from "../until";
import type { Properties } from "../wire";
import type { Answer, Api } from "./api";
import { completed } from "./poll";

const path = (address: string) => `v2/reserved_ips/${address}`;

/** Puts the address on a droplet as soon as that is up, or takes it off. */
async function move(
  api: Api,
  address: string,
  action: { type: "assign"; droplet_id: number } | { type: "unassign" },
  call: Call,
): Promise<void> {
  if (action.type === "assign") {
    await until(`droplet ${action.droplet_id} to be active`, 3_600, call.signal, async () => {
      const found = await api.get(`v2/droplets/${action.droplet_id}`, call.signal);
      return found.droplet.status === "active" && !found.droplet.locked ? true : undefined;
    });
  }
  const answer = await api.post(`${path(address)}/actions`, action, call.signal);
  await completed(api, `${path(address)}/actions/${answer.action.id}`, call.signal);
}

/** An address of the account's own. */
export function reservedIp(api: () => Api): Resource {
  const state = ({ reserved_ip: reserved }: Answer, dropletId: Properties["dropletId"]): Properties => ({
    ...(dropletId === undefined ? {} : { dropletId: reserved.droplet?.id }),
    ipAddress: reserved.ip,
    region: reserved.region?.slug ?? reserved.droplet?.region?.slug,
    reservedIpUrn: `do:reservedip:${reserved.ip}`,
  });
  return {
    required: ["region"],
    replaceOn: ["region"],
    computed: ["reservedIpUrn"],
    chosen: ["ipAddress"],
    compare: "state",
    complete: completion({}),
    kept: (property, value) => (property === "region" ? String(value).toLowerCase() : value),
    async create(inputs, call) {
      const made = await api().post("v2/reserved_ips", { region: inputs.region }, call.signal);
      const id = made.reserved_ip.ip;
      if (inputs.dropletId !== undefined)
        await move(api(), id, { type: "assign", droplet_id: Number(inputs.dropletId) }, call);
      return { id, outputs: state(await api().get(path(id), call.signal), inputs.dropletId) };
    },
    async read(id, { dropletId }, { signal }) {
      const found = await api().find(path(id), signal);
      return found && state(found, dropletId);
    },
    async update(id, old, inputs, call) {
      if (inputs.dropletId !== old.dropletId) {
        const action =
          inputs.dropletId === undefined
            ? { type: "unassign" as const }
            : { type: "assign" as const, droplet_id: Number(inputs.dropletId) };
        await move(api(), id, action, call);
      }
      return state(await api().get(path(id), call.signal), inputs.dropletId);
    },
    async delete(id, _state, call) {
      const found = await api().get(path(id), call.signal);
      if (found.reserved_ip.droplet) await move(api(), id, { type: "unassign" }, call);
      await api().delete(path(id), call.signal);
    },
  };
}

/** A reserved address on a droplet. */
export function reservedIpAssignment(api: () => Api): Resource {
  const holder = async (state: Properties, signal: AbortSignal) => {
    const { reserved_ip: reserved } = await api().get(path(String(state.ipAddress)), signal);
    return reserved.droplet?.id;
  };
  return {
    required: ["dropletId", "ipAddress"],
    replaceOn: ["dropletId", "ipAddress"],
    computed: [],
    compare: "state",
    complete: completion({}),
    async create({ dropletId, ipAddress }, call) {
      await move(api(), String(ipAddress), { type: "assign", droplet_id: Number(dropletId) }, call);
      return {
        id: `${dropletId}-${ipAddress}-${randomBytes(13).toString("hex")}`,
        outputs: { dropletId: Number(dropletId), ipAddress },
      };
    },
    async read(_id, state, { signal }) {
      return (await holder(state, signal)) === state.dropletId ? state : undefined;
    },
    async delete(_id, state, call) {
      if ((await holder(state, call.signal)) !== state.dropletId) return;
      await move(api(), String(state.ipAddress), { type: "unassign" }, call);
    },
  };
}
