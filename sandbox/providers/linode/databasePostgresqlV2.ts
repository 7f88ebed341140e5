import { completion, texts, withoutNotes } from "../bridged";
import { type Call, type Resource, Unfinished } from "../resource";
import { until } from "../until";
import type { Properties, Value } from "../wire";
import { type Answer, type Api, ApiError } from "./api";

/** Seconds that the real plugin waits at most for a database to be made or changed. */
const patience = 3_600;

const instances = "databases/postgresql/instances";
const path = (id: string) => `${instances}/${id}`;

/** What the API says of a database, its login and its authority included. */
async function observed(api: Api, found: Answer, signal: AbortSignal): Promise<Properties> {
  const login = await api.get(`${path(found.id)}/credentials`, signal);
  const { ca_certificate: ca } = await api.get(`${path(found.id)}/ssl`, signal);
  const { day_of_week, duration, frequency, hour_of_day } = found.updates;
  return {
    allowLists: found.allow_list,
    caCert: Buffer.from(ca, "base64").toString("utf8"),
    clusterSize: found.cluster_size,
    created: `${found.created}Z`,
    encrypted: found.encrypted,
    engine: found.engine,
    engineConfigPgPasswordEncryption: found.engine_config.pg.password_encryption,
    engineConfigPgStatMonitorEnable: found.engine_config.pg_stat_monitor_enable,
    engineConfigPglookoutMaxFailoverReplicationTimeLag: found.engine_config.pglookout.max_failover_replication_time_lag,
    engineId: `${found.engine}/${String(found.version).split(".")[0]}`,
    hostPrimary: found.hosts.primary,
    hostSecondary: found.hosts.standby ?? "",
    hostStandby: found.hosts.standby ?? "",
    label: found.label,
    members: found.members,
    pendingUpdates: [],
    platform: found.platform,
    port: found.port,
    region: found.region,
    rootPassword: login.password,
    rootUsername: login.username,
    sslConnection: found.ssl_connection,
    status: found.status,
    suspended: found.status === "suspended",
    type: found.type,
    updated: `${found.updated}Z`,
    updates: { dayOfWeek: day_of_week, duration, frequency, hourOfDay: hour_of_day },
    version: found.version,
  };
}

/** The database once it is active; says meanwhile what it waits for. */
function active(api: Api, id: string, call: Call): Promise<Answer> {
  const began = Date.now();
  return until(`database ${id} to be active`, patience, call.signal, async () => {
    const found = await api.find(path(id), call.signal);
    if (found?.status === "active") return found;
    if (found?.status === "failed") throw new Error(`database ${found.label} could not be made`);
    const seconds = Math.round((Date.now() - began) / 1_000);
    call.log("status", `database is ${found?.status ?? "not to be seen yet"} (${seconds} s)`);
    return undefined;
  });
}

function windowBody(updates: Properties): object {
  return {
    day_of_week: updates.dayOfWeek,
    duration: updates.duration,
    frequency: updates.frequency,
    hour_of_day: updates.hourOfDay,
  };
}

/** A managed Postgres. */
export function databasePostgresqlV2(api: () => Api): Resource {
  return {
    required: ["engineId", "label", "region", "type"],
    replaceOn: ["forkRestoreTime", "forkSource", "region"],
    computed: [
      "caCert",
      "created",
      "encrypted",
      "engine",
      "hostPrimary",
      "hostSecondary",
      "hostStandby",
      "members",
      "pendingUpdates",
      "platform",
      "port",
      "rootPassword",
      "rootUsername",
      "sslConnection",
      "status",
      "updated",
      "version",
    ],
    chosen: [
      "allowLists",
      "engineConfigPgPasswordEncryption",
      "engineConfigPgStatMonitorEnable",
      "engineConfigPglookoutMaxFailoverReplicationTimeLag",
      "updates",
    ],
    defaults: { clusterSize: 1, suspended: false },
    secrets: ["caCert", "rootPassword", "rootUsername"],
    sets: ["allowLists"],
    compare: "state",
    complete: completion({}),
    async create(inputs, call) {
      const order = {
        label: inputs.label,
        region: inputs.region,
        type: inputs.type,
        engine: inputs.engineId,
        cluster_size: inputs.clusterSize,
        ...(inputs.allowLists === undefined ? {} : { allow_list: texts(inputs.allowLists) }),
      };
      const ordered = await api().post(instances, order, call.signal);
      const id = String(ordered.id);
      try {
        await active(api(), id, call);
        if (inputs.updates !== undefined) {
          await api().put(path(id), { updates: windowBody(inputs.updates as Properties) }, call.signal);
        }
        const found = await active(api(), id, call);
        return { id, outputs: await observed(api(), found, call.signal) };
      } catch (error) {
        // Login and authority are not told before it is active.
        const reason = error instanceof Error ? error.message : String(error);
        throw new Unfinished({ id, outputs: withoutNotes(inputs) }, reason);
      }
    },
    async read(id, _state, { signal }) {
      const found = await api().find(path(id), signal);
      return found && observed(api(), found, signal);
    },
    async update(id, _state, inputs, call) {
      // What a run that was cut off had ordered may still be on its way, and the state knows little of it.
      const before = await observed(api(), await active(api(), id, call), call.signal);
      const sorted = (value: Value | undefined) => JSON.stringify(Array.isArray(value) ? texts(value).sort() : value);
      const differs = (property: string) =>
        inputs[property] !== undefined && sorted(inputs[property]) !== sorted(before[property]);
      const version = String(inputs.engineId).split("/")[1];
      const body = {
        ...(differs("label") ? { label: inputs.label } : {}),
        ...(differs("allowLists") ? { allow_list: texts(inputs.allowLists) } : {}),
        ...(differs("updates") ? { updates: windowBody(inputs.updates as Properties) } : {}),
        ...(differs("type") ? { type: inputs.type } : {}),
        ...(differs("clusterSize") ? { cluster_size: inputs.clusterSize } : {}),
        ...(differs("engineId") ? { version } : {}),
      };
      if (Object.keys(body).length > 0) await api().put(path(id), body, call.signal);
      return observed(api(), await active(api(), id, call), call.signal);
    },
    async delete(id, _state, { signal }) {
      try {
        await api().delete(path(id), signal);
      } catch (error) {
        // Deleted by hand: that is what was asked for.
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
  };
}
