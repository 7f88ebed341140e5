import { createHash, randomBytes } from "node:crypto";
import { completion, texts, withoutNotes } from "../bridged";
import { type Call, type Resource, Unfinished } from "../resource";
import { until } from "../until";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";

/** Seconds that the real plugin waits at most for a Linode to be made, changed and gone. */
const patience = { made: 900, changed: 3_600, gone: 600 };

const path = (id: string) => `linode/instances/${id}`;

const alertFields = {
  cpu: "cpu",
  io: "io",
  networkIn: "network_in",
  networkOut: "network_out",
  transferQuota: "transfer_quota",
} as const;

function orderBody(inputs: Properties): object {
  const [metadata] = (inputs.metadatas ?? []) as readonly Properties[];
  return {
    region: inputs.region,
    type: inputs.type,
    label: inputs.label,
    group: inputs.group,
    tags: texts(inputs.tags),
    image: inputs.image,
    // Asked for with an image: one is made up and forgotten where the program gives none, as the real plugin does.
    root_pass: inputs.rootPass ?? `Aa1!${randomBytes(24).toString("base64url")}`,
    authorized_keys: texts(inputs.authorizedKeys),
    authorized_users: texts(inputs.authorizedUsers),
    backups_enabled: inputs.backupsEnabled === true,
    private_ip: inputs.privateIp === true,
    booted: inputs.booted ?? true,
    swap_size: inputs.swapSize,
    disk_encryption: inputs.diskEncryption,
    firewall_id: inputs.firewallId,
    ...(metadata?.userData === undefined ? {} : { metadata: { user_data: metadata.userData } }),
  };
}

/** What the API says of a Linode, its addresses, disks and configs; the rest of the state is what the program said. */
async function observed(api: Api, found: Answer, signal: AbortSignal): Promise<Properties> {
  const at = path(String(found.id));
  const { ipv4 } = await api.get(`${at}/ips`, signal);
  const disks: Answer[] = (await api.get(`${at}/disks`, signal)).data;
  const configs: Answer[] = (await api.get(`${at}/configs`, signal)).data;
  const swap = disks.filter(({ filesystem }) => filesystem === "swap").reduce((sum, { size }) => sum + size, 0);
  return {
    alerts: Object.fromEntries(Object.entries(alertFields).map(([name, field]) => [name, found.alerts[field]])),
    backups: [
      {
        available: found.backups.available,
        enabled: found.backups.enabled,
        schedules: [{ day: found.backups.schedule?.day ?? "", window: found.backups.schedule?.window ?? "" }],
      },
    ],
    backupsEnabled: found.backups.enabled,
    ...(configs.length === 1 ? { bootConfigLabel: configs[0].label } : {}),
    booted: isBooted(found.status),
    capabilities: found.capabilities,
    configs: configs.map(
      ({ id, label, kernel, root_device }): Properties => ({ id, label, kernel, rootDevice: root_device }),
    ),
    diskEncryption: found.disk_encryption,
    disks: disks.map(({ id, label, size, filesystem }): Properties => ({ id, label, size, filesystem })),
    group: found.group,
    hasUserData: found.has_user_data,
    hostUuid: found.host_uuid,
    ipAddress: ipv4.public[0]?.address ?? "",
    ipv4s: found.ipv4,
    ipv6: found.ipv6,
    label: found.label,
    lkeClusterId: found.lke_cluster_id ?? 0,
    privateIp: ipv4.private.length > 0,
    privateIpAddress: ipv4.private[0]?.address ?? "",
    region: found.region,
    sharedIpv4s: ipv4.shared.map(({ address }: Answer) => address),
    specs: [
      {
        acceleratedDevices: found.specs.accelerated_devices,
        disk: found.specs.disk,
        gpus: found.specs.gpus,
        memory: found.specs.memory,
        transfer: found.specs.transfer,
        vcpus: found.specs.vcpus,
      },
    ],
    status: found.status,
    swapSize: swap,
    tags: found.tags,
    type: found.type,
    watchdogEnabled: found.watchdog_enabled,
  };
}

function isBooted(status: string): boolean {
  return !["offline", "shutting_down", "stopped"].includes(status);
}

/** The form in which the state keeps an input. */
function kept(property: string, value: Value): Value {
  return property === "rootPass" ? createHash("sha3-512").update(String(value)).digest("base64") : value;
}

async function stateOf(api: Api, inputs: Properties, found: Answer, signal: AbortSignal): Promise<Properties> {
  const given = Object.entries(withoutNotes(inputs)).map(([name, value]) => [
    name,
    value === undefined ? value : kept(name, value),
  ]);
  return { ...Object.fromEntries(given), ...(await observed(api, found, signal)) };
}

/** Waits for a status. */
function become(api: Api, id: string, status: string, limit: number, { signal }: Call): Promise<Answer> {
  return until(`Linode ${id} to be ${status}`, limit, signal, async () => {
    const found = await api.get(path(id), signal);
    return found.status === status ? found : undefined;
  });
}

/** Off, then of another type; it stays off, and its disks stay as they are unless the program wants them to follow. */
async function resize(api: Api, id: string, inputs: Properties, call: Call): Promise<void> {
  const warm = inputs.migrationType === "warm";
  const { status } = await api.get(path(id), call.signal);
  if (!warm && status !== "offline") {
    if (status !== "shutting_down") await api.post(`${path(id)}/shutdown`, {}, call.signal);
    await become(api, id, "offline", patience.changed, call);
  }
  const order = {
    type: inputs.type,
    allow_auto_disk_resize: inputs.resizeDisk === true,
    migration_type: inputs.migrationType ?? "cold",
  };
  await api.post(`${path(id)}/resize`, order, call.signal);
  await until(`Linode ${id} to be of type ${inputs.type}`, patience.changed, call.signal, async () => {
    const found = await api.get(path(id), call.signal);
    return found.type === inputs.type && ["offline", "running"].includes(found.status) ? found : undefined;
  });
}

/** On or off, as the program says. */
async function power(api: Api, id: string, booted: boolean, call: Call): Promise<void> {
  const { status } = await api.get(path(id), call.signal);
  if (isBooted(status) === booted) return;
  await api.post(`${path(id)}/${booted ? "boot" : "shutdown"}`, {}, call.signal);
  await become(api, id, booted ? "running" : "offline", patience.changed, call);
}

/** What is changed by one request. */
function simpleChanges(state: Properties, inputs: Properties): object {
  const differs = (name: string) => JSON.stringify(inputs[name]) !== JSON.stringify(state[name]);
  const alerts = inputs.alerts as Properties | undefined;
  return {
    ...(inputs.label !== undefined && differs("label") ? { label: inputs.label } : {}),
    ...((inputs.group ?? "") === (state.group ?? "") ? {} : { group: inputs.group ?? "" }),
    ...(JSON.stringify(texts(inputs.tags)) === JSON.stringify(texts(state.tags)) ? {} : { tags: texts(inputs.tags) }),
    ...((inputs.watchdogEnabled ?? true) === state.watchdogEnabled
      ? {}
      : { watchdog_enabled: inputs.watchdogEnabled ?? true }),
    ...(alerts !== undefined && differs("alerts")
      ? {
          alerts: Object.fromEntries(
            Object.entries(alertFields).flatMap(([name, field]) =>
              alerts[name] === undefined ? [] : [[field, alerts[name]]],
            ),
          ),
        }
      : {}),
  };
}

/** A Linode that is made from an image; explicit disks and configs are beyond the stand-in. */
export function instance(api: () => Api): Resource {
  return {
    required: ["region"],
    replaceOn: [
      "authorizedKeys",
      "authorizedUsers",
      "backupId",
      "diskEncryption",
      "firewallId",
      "image",
      "ipv4s",
      "metadatas",
      "rootPass",
      "stackscriptData",
      "stackscriptId",
    ],
    computed: [
      "backups",
      "capabilities",
      "hasUserData",
      "hostUuid",
      "ipAddress",
      "ipv6",
      "lkeClusterId",
      "privateIpAddress",
      "specs",
      "status",
    ],
    chosen: [
      "alerts",
      "backupsEnabled",
      "bootConfigLabel",
      "booted",
      "configs",
      "diskEncryption",
      "disks",
      "ipv4s",
      "label",
      "sharedIpv4s",
      "swapSize",
      "tags",
    ],
    secrets: ["rootPass", "stackscriptData"],
    defaults: {
      migrationType: "cold",
      placementGroupExternallyManaged: false,
      resizeDisk: false,
      type: "g6-standard-1",
      watchdogEnabled: true,
    },
    sets: ["ipv4s", "sharedIpv4s", "tags"],
    compare: "state",
    complete: completion({ migrationType: "cold", type: "g6-standard-1", watchdogEnabled: true }),
    kept,
    mistakes: (inputs) =>
      ["configs", "disks", "interfaces", "placementGroup"]
        .filter((property) => inputs[property] !== undefined)
        .map((property) => ({ property, reason: `${property} of a Linode is a limit of the sandbox's stand-in` })),
    async create(inputs, call) {
      const ordered = await api().post("linode/instances", orderBody(inputs), call.signal);
      const id = String(ordered.id);
      try {
        if (inputs.watchdogEnabled === false || inputs.alerts !== undefined) {
          await api().put(path(id), simpleChanges({ watchdogEnabled: true }, inputs), call.signal);
        }
        const wanted = inputs.image === undefined || inputs.booted === false ? "offline" : "running";
        const ready = await become(api(), id, wanted, patience.made, call);
        return { id, outputs: await stateOf(api(), inputs, ready, call.signal) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Unfinished({ id, outputs: await stateOf(api(), inputs, ordered, call.signal) }, reason);
      }
    },
    async read(id, state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && { ...state, ...(await observed(api(), found, signal)) };
    },
    async update(id, state, inputs, call) {
      const changed = simpleChanges(state, inputs);
      if (Object.keys(changed).length > 0) await api().put(path(id), changed, call.signal);
      if (inputs.backupsEnabled !== undefined && inputs.backupsEnabled !== state.backupsEnabled) {
        await api().post(`${path(id)}/backups/${inputs.backupsEnabled ? "enable" : "cancel"}`, {}, call.signal);
      }
      if (inputs.region !== state.region)
        await api().post(`${path(id)}/migrate`, { region: inputs.region }, call.signal);
      const type = inputs.type ?? "g6-standard-1";
      if (type !== state.type) {
        const disk = async (of: Value | undefined) => (await api().get(`linode/types/${of}`, call.signal)).disk;
        const grows = (await disk(type)) > (await disk(state.type));
        await resize(api(), id, { ...inputs, type }, call);
        // Only after growing does the plugin start it again by itself.
        if (grows && inputs.booted !== false) await power(api(), id, true, call);
      }
      if (typeof inputs.booted === "boolean") await power(api(), id, inputs.booted, call);
      return stateOf(api(), { ...state, ...inputs }, await api().get(path(id), call.signal), call.signal);
    },
    async delete(id, _state, call) {
      await api().delete(path(id), call.signal);
      await until(`Linode ${id} to be gone`, patience.gone, call.signal, async () =>
        (await api().find(path(id), call.signal)) === undefined ? true : undefined,
      );
    },
  };
}
