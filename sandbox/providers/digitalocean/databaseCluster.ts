import { completion, texts, withoutNotes } from "../bridged";
import type { Call, Failure, Resource } from "../resource";
import { until } from "../until";
import type { Properties, Value } from "../wire";
import type { Answer, Api } from "./api";
import { retag } from "./tagging";

/** Seconds that the real plugin waits at most for a cluster to be online. */
const patience = 1_800;

const path = (id: string) => `v2/databases/${id}`;

/** The URI with the password that the state knows: a token that may only read is told none. */
function uri(connection: Answer, password: string): string {
  const address = new URL(connection.uri);
  address.username = connection.user;
  address.password = password;
  return address.toString();
}

function connections(database: Answer, known: Value | undefined): Properties {
  const { connection, private_connection: inside } = database;
  const password = String(connection?.password || known || "");
  return {
    ...(connection && {
      host: connection.host,
      port: connection.port,
      uri: uri(connection, password),
      database: connection.database,
      user: connection.user,
      password,
    }),
    ...(inside && { privateHost: inside.host, privateUri: uri(inside, password) }),
  };
}

/** What an engine with a dashboard of its own would have; the state says of any other that there is none. */
const noDashboard = { uiDatabase: null, uiHost: null, uiPassword: null, uiPort: null, uiUri: null, uiUser: null };

/** What the API says of a cluster; what it is silent of is as the program said. */
function observed(database: Answer, old: Properties): Properties {
  return {
    name: database.name,
    engine: database.engine,
    version: database.version,
    size: database.size,
    region: database.region,
    nodeCount: database.num_nodes,
    storageSizeMib: String(database.storage_size_mib ?? 0),
    tags: database.tags ?? [],
    // A window that the program leaves to the API is no matter of the state's.
    ...(Array.isArray(old.maintenanceWindows) && old.maintenanceWindows.length > 0
      ? { maintenanceWindows: [{ day: database.maintenance_window.day, hour: database.maintenance_window.hour }] }
      : {}),
    ...connections(database, old.password),
    metricsEndpoints: (database.metrics_endpoints ?? []).map(
      (endpoint: Answer) => `https://${endpoint.host}:${endpoint.port}/metrics`,
    ),
    ...noDashboard,
    clusterUrn: `do:dbaas:${database.id}`,
    privateNetworkUuid: database.private_network_uuid,
    projectId: database.project_id,
  };
}

function orderBody(inputs: Properties): object {
  const { backupRestore, storageAutoscale } = inputs as { [name: string]: Properties | undefined };
  return {
    name: inputs.name,
    engine: inputs.engine,
    version: inputs.version,
    size: inputs.size,
    region: inputs.region,
    num_nodes: inputs.nodeCount,
    tags: texts(inputs.tags),
    private_network_uuid: inputs.privateNetworkUuid ?? "",
    project_id: inputs.projectId ?? "",
    rules: null,
    ...(inputs.storageSizeMib === undefined ? {} : { storage_size_mib: Number(inputs.storageSizeMib) }),
    ...(backupRestore && {
      backup_restore: {
        database_name: backupRestore.databaseName,
        backup_created_at: backupRestore.backupCreatedAt,
      },
    }),
    ...(storageAutoscale && { storage_autoscale: autoscaleBody(storageAutoscale) }),
  };
}

function autoscaleBody(autoscale: Properties): object {
  return {
    enabled: autoscale.enabled,
    threshold_percent: autoscale.thresholdPercent,
    increment_gib: autoscale.incrementGib,
  };
}

/** The cluster once it is online; says meanwhile what it waits for. */
function online(api: Api, id: string, call: Call): Promise<Answer> {
  const began = Date.now();
  return until(`database cluster ${id} to be online`, patience, call.signal, async () => {
    const found = await api.find(path(id), call.signal);
    if (found?.database.status === "online") return found.database;
    const seconds = Math.round((Date.now() - began) / 1_000);
    call.log("status", `database cluster is ${found?.database.status ?? "not to be seen yet"} (${seconds} s)`);
    return undefined;
  });
}

async function setWindow(api: Api, id: string, windows: Value | undefined, signal: AbortSignal): Promise<void> {
  const [window] = (Array.isArray(windows) ? windows : []) as Properties[];
  if (window) await api.put(`${path(id)}/maintenance`, { day: window.day, hour: window.hour }, signal);
}

/** As the real plugin's own checks. */
function mistakes(inputs: Properties): Failure[] {
  const wrong: Failure[] = [];
  if (inputs.version === undefined) {
    wrong.push({ property: "version", reason: 'the argument "version" is required, but no definition was found' });
  }
  if (inputs.sqlMode !== undefined && inputs.engine !== "mysql") {
    wrong.push({ property: "sqlMode", reason: "sqlMode is only supported for MySQL Database Clusters" });
  }
  if (inputs.evictionPolicy !== undefined && !["redis", "valkey"].includes(String(inputs.engine))) {
    wrong.push({
      property: "evictionPolicy",
      reason: "evictionPolicy is only supported for Redis or Valkey Database Clusters",
    });
  }
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  for (const [at, window] of ((inputs.maintenanceWindows ?? []) as readonly Properties[]).entries()) {
    if (days.includes(String(window.day).toLowerCase())) continue;
    const reason = `maintenanceWindows[${at}].day is ${JSON.stringify(window.day)}; allowed: ${days.join(", ")}`;
    wrong.push({ property: "maintenanceWindows", reason });
  }
  return wrong;
}

/** An hour with or without seconds is the same to the real plugin; a day in other capitals is not. */
function withoutSeconds(property: string, value: Value): Value {
  if (property !== "maintenanceWindows" || !Array.isArray(value)) return value;
  return (value as Properties[]).map((window) => ({
    ...window,
    hour: String(window.hour).split(":").slice(0, 2).join(":"),
  }));
}

/** A database cluster. */
export function databaseCluster(api: () => Api): Resource {
  return {
    required: ["engine", "nodeCount", "region", "size"],
    replaceOn: ["engine", "name", "privateNetworkUuid", "projectId"],
    computed: [
      "clusterUrn",
      "database",
      "host",
      "metricsEndpoints",
      "password",
      "port",
      "privateHost",
      "privateUri",
      "uiDatabase",
      "uiHost",
      "uiPassword",
      "uiPort",
      "uiUri",
      "uiUser",
      "uri",
      "user",
    ],
    chosen: ["privateNetworkUuid", "projectId", "storageSizeMib"],
    secrets: ["password", "privateUri", "uiPassword", "uiUri", "uri"],
    sets: ["tags"],
    compare: "state",
    uniqueName: true,
    complete: completion({}, { maxLength: 255 }),
    mistakes,
    kept: (property, value) => (property === "region" ? String(value).toLowerCase() : withoutSeconds(property, value)),
    compared: withoutSeconds,
    async create(inputs, call) {
      const { database: ordered } = await api().post("v2/databases", orderBody(inputs), call.signal);
      await online(api(), ordered.id, call);
      await setWindow(api(), ordered.id, inputs.maintenanceWindows, call.signal);
      const { database } = await api().get(path(ordered.id), call.signal);
      return { id: ordered.id, outputs: { ...withoutNotes(inputs), ...observed(database, inputs) } };
    },
    async read(id, old, { signal }) {
      const found = await api().find(path(id), signal);
      return found && { ...old, ...observed(found.database, old) };
    },
    async update(id, old, inputs, call) {
      const differs = (property: string) => inputs[property] !== undefined && inputs[property] !== old[property];
      if (differs("size") || differs("nodeCount") || differs("storageSizeMib")) {
        const storage = differs("storageSizeMib") ? { storage_size_mib: Number(inputs.storageSizeMib) } : {};
        const body = { size: inputs.size, num_nodes: inputs.nodeCount, ...storage };
        await api().put(`${path(id)}/resize`, body, call.signal);
        await online(api(), id, call);
      }
      if (String(inputs.region).toLowerCase() !== old.region) {
        await api().put(`${path(id)}/migrate`, { region: inputs.region, private_network_uuid: "" }, call.signal);
        await online(api(), id, call);
      }
      await setWindow(api(), id, inputs.maintenanceWindows, call.signal);
      if (differs("version")) await api().put(`${path(id)}/upgrade`, { version: inputs.version }, call.signal);
      await retag(api(), { resource_id: id, resource_type: "database" }, old.tags, inputs.tags, call.signal);
      const { maintenanceWindows, ...rest } = old;
      const { database } = await api().get(path(id), call.signal);
      return { ...rest, ...withoutNotes(inputs), ...observed(database, { ...inputs, password: old.password }) };
    },
    async delete(id, _state, { signal }) {
      await api().delete(path(id), signal);
    },
  };
}

/** The authority that vouches for a cluster's server, as a function. */
export function databaseCa(api: () => Api) {
  return async ({ clusterId }: Properties, { signal }: Call): Promise<Properties> => {
    const { ca } = await api().get(`${path(String(clusterId))}/ca`, signal);
    return { certificate: Buffer.from(ca.certificate, "base64").toString("utf8"), clusterId, id: clusterId };
  };
}

/** A cluster by its name, as a function. */
export function findDatabaseCluster(api: () => Api) {
  return async ({ name }: Properties, { signal }: Call): Promise<Properties> => {
    const { databases } = await api().get("v2/databases?per_page=200", signal);
    const found = databases.find((database: Answer) => database.name === name);
    if (found === undefined) throw new Error(`there is no database cluster named ${JSON.stringify(name)}`);
    const { clusterUrn, maintenanceWindows, ...rest } = observed(found, { maintenanceWindows: [{}] });
    return { ...rest, id: found.id, urn: clusterUrn, maintenanceWindows, storageAutoscales: [] };
  };
}
