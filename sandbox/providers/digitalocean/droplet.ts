import { createHash } from "node:crypto";
import { completion, texts, withoutNotes } from "../bridged";
import { type Call, type Resource, Unfinished } from "../resource";
import { until } from "../until";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";
import { completed } from "./poll";
import { retag } from "./tagging";

/** Seconds that the real plugin waits at most for a machine to be made or changed, and to be gone. */
const patience = { change: 3_600, gone: 60 };

const path = (id: string) => `v2/droplets/${id}`;

/** Digits are an id, anything else is a name: the API tells images and keys apart by type. */
const idOrName = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);

function orderBody(inputs: Properties): object {
  return {
    name: inputs.name,
    region: inputs.region,
    size: inputs.size,
    image: idOrName(String(inputs.image)),
    ssh_keys: texts(inputs.sshKeys).map(idOrName),
    backups: inputs.backups === true,
    ipv6: inputs.ipv6 === true,
    private_networking: inputs.privateNetworking === true,
    monitoring: inputs.monitoring === true,
    tags: texts(inputs.tags),
    user_data: inputs.userData,
    vpc_uuid: inputs.vpcUuid,
    with_droplet_agent: inputs.dropletAgent,
    ...(inputs.publicNetworking === false ? { public_networking: false } : {}),
    ...(Array.isArray(inputs.volumeIds) ? { volumes: texts(inputs.volumeIds).map((id) => ({ id })) } : {}),
    ...(inputs.backupPolicy === undefined ? {} : { backup_policy: inputs.backupPolicy }),
  };
}

function addressOf(networks: Answer[] | undefined, type: string): string {
  return networks?.find((network) => network.type === type)?.ip_address ?? "";
}

/** What the API says of a droplet; the rest of the state is what the program said. */
function observed(droplet: Answer): Properties {
  const has = (feature: string) => (droplet.features ?? []).includes(feature);
  const ipv4Address = addressOf(droplet.networks?.v4, "public");
  return {
    backups: has("backups"),
    createdAt: droplet.created_at,
    disk: droplet.disk,
    dropletUrn: `do:droplet:${droplet.id}`,
    ipv4Address,
    ipv4AddressPrivate: addressOf(droplet.networks?.v4, "private"),
    ipv6: has("ipv6"),
    ipv6Address: addressOf(droplet.networks?.v6, "public").toLowerCase(),
    locked: droplet.locked,
    memory: droplet.memory,
    monitoring: has("monitoring"),
    name: droplet.name,
    priceHourly: droplet.size?.price_hourly,
    priceMonthly: droplet.size?.price_monthly,
    privateNetworking: has("private_networking"),
    publicNetworking: ipv4Address !== "",
    region: droplet.region?.slug,
    size: droplet.size?.slug ?? droplet.size_slug,
    status: droplet.status,
    tags: droplet.tags ?? [],
    vcpus: droplet.vcpus,
    volumeIds: droplet.volume_ids ?? [],
    vpcUuid: droplet.vpc_uuid,
  };
}

/** The form in which the state keeps an input. */
function kept(property: string, value: Value): Value {
  if (property === "userData") return createHash("sha1").update(String(value)).digest("hex");
  if (property === "region" || property === "size") return String(value).toLowerCase();
  return value;
}

function stateOf(inputs: Properties, droplet: Answer): Properties {
  const given = Object.entries(withoutNotes(inputs)).map(([name, value]) => [
    name,
    value === undefined ? value : kept(name, value),
  ]);
  return { ...Object.fromEntries(given), ...observed(droplet) };
}

/** Waits until an unlocked droplet is as `isSo` asks. */
function settled(api: Api, id: string, what: string, call: Call, isSo: (droplet: Answer) => boolean): Promise<Answer> {
  return until(`droplet ${id} to be ${what}`, patience.change, call.signal, async () => {
    const found = await api.find(path(id), call.signal);
    if (found === undefined || found.droplet.locked) return undefined;
    return isSo(found.droplet) ? found.droplet : undefined;
  });
}

async function act(api: Api, id: string, action: object, call: Call): Promise<void> {
  const answer = await api.post(`${path(id)}/actions`, action, call.signal);
  await completed(api, `v2/actions/${answer.action.id}`, call.signal);
}

/** Off, resized and on again; on again too if the resize fails. */
async function resize(api: Api, id: string, inputs: Properties, call: Call): Promise<void> {
  const { droplet } = await api.get(path(id), call.signal);
  if (droplet.status !== "off") await act(api, id, { type: "power_off" }, call);
  await settled(api, id, "off", call, ({ status }) => status === "off");
  try {
    await act(api, id, { type: "resize", size: inputs.size, disk: inputs.resizeDisk !== false }, call);
  } finally {
    await act(api, id, { type: "power_on" }, call);
  }
  await settled(api, id, "active", call, ({ status }) => status === "active");
}

async function moveVolumes(
  api: Api,
  id: string,
  olds: Value | undefined,
  news: Value | undefined,
  call: Call,
): Promise<void> {
  const [before, after] = [texts(olds), texts(news)];
  const move = async (volume: string, type: "attach" | "detach") => {
    const answer = await api.post(`v2/volumes/${volume}/actions`, { type, droplet_id: Number(id) }, call.signal);
    await completed(api, `v2/actions/${answer.action.id}`, call.signal);
  };
  for (const volume of after.filter((volume) => !before.includes(volume))) await move(volume, "attach");
  for (const volume of before.filter((volume) => !after.includes(volume))) await move(volume, "detach");
}

const defaults = { backups: false, gracefulShutdown: false, ipv6: false, monitoring: false, resizeDisk: true };

/** A droplet. */
export function droplet(api: () => Api): Resource {
  const computed = [
    "createdAt",
    "disk",
    "dropletUrn",
    "ipv4Address",
    "ipv4AddressPrivate",
    "locked",
    "memory",
    "priceHourly",
    "priceMonthly",
    "status",
    "vcpus",
  ];
  const chosen = ["ipv6Address", "privateNetworking", "publicNetworking", "region", "volumeIds", "vpcUuid"];
  return {
    required: ["image", "size"],
    replaceOn: ["dropletAgent", "image", "monitoring", "publicNetworking", "region", "sshKeys", "userData", "vpcUuid"],
    computed,
    chosen,
    defaults,
    sets: ["sshKeys", "tags", "volumeIds"],
    compare: "state",
    uniqueName: true,
    complete: completion({ resizeDisk: true }, { maxLength: 255 }),
    kept,
    async create(inputs, call) {
      const { droplet: ordered } = await api().post("v2/droplets", orderBody(inputs), call.signal);
      const id = String(ordered.id);
      try {
        const ready = await settled(api(), id, "active", call, ({ status }) => status === "active");
        return { id, outputs: stateOf(inputs, ready) };
      } catch (error) {
        throw new Unfinished(
          { id, outputs: stateOf(inputs, ordered) },
          error instanceof Error ? error.message : String(error),
        );
      }
    },
    async read(id, state, call) {
      const found = await api().find(path(id), call.signal);
      return found && { ...state, ...observed(found.droplet) };
    },
    async update(id, state, inputs, call) {
      if (inputs.size !== state.size) await resize(api(), id, inputs, call);
      if (inputs.name !== state.name) {
        await act(api(), id, { type: "rename", name: inputs.name }, call);
        await settled(api(), id, `named ${inputs.name}`, call, ({ name }) => name === inputs.name);
      }
      if ((inputs.backups === true) !== (state.backups === true)) {
        await act(api(), id, { type: inputs.backups === true ? "enable_backups" : "disable_backups" }, call);
      }
      if (inputs.ipv6 === true && state.ipv6 !== true) await act(api(), id, { type: "enable_ipv6" }, call);
      await retag(api(), { resource_id: id, resource_type: "droplet" }, state.tags, inputs.tags, call.signal);
      if (inputs.volumeIds !== undefined) await moveVolumes(api(), id, state.volumeIds, inputs.volumeIds, call);
      return stateOf({ ...state, ...inputs }, (await api().get(path(id), call.signal)).droplet);
    },
    async delete(id, state, call) {
      const { signal } = call;
      const alive = await until(`droplet ${id} to be unlocked`, patience.gone, signal, async () => {
        const found = await api().find(path(id), signal);
        return found?.droplet.locked ? undefined : { droplet: found?.droplet };
      });
      if (alive.droplet === undefined) return;
      if (state.gracefulShutdown === true) {
        await act(api(), id, { type: "shutdown" }, call);
        await settled(api(), id, "off", call, ({ status }) => status === "off");
      }
      await moveVolumes(api(), id, alive.droplet.volume_ids, [], call);
      await api().delete(path(id), signal);
      await until(`droplet ${id} to be gone`, patience.gone, signal, async () =>
        (await api().find(path(id), signal)) === undefined ? true : undefined,
      );
    },
  };
}
