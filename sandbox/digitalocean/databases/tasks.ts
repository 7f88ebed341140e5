import { isDue } from "../../cloud/due";
import type { ServerOrder } from "../../databases/databases";
import type { Cloud } from "../cloud";
import { ApiError } from "../errors";
import { uuid } from "../ids";
import { adminOf, type Cluster, FIRST_DATABASE, PORT, serverId, serverSize, type Task } from "./model";
import { noteSources, resolveSources } from "./sources";

/** Begins a task of a cluster and its work on the server. */
export function begin(cloud: Cloud, cluster: Cluster, kind: Task["kind"], goal: Task["goal"] = {}): void {
  cluster.task = { kind, startedAt: cloud.clock.now(), reads: 0, worked: false, failed: null, goal };
  perform(cloud, cluster, cluster.task);
}

/** Takes up the work of a task; also after a restart, for all of it can be done twice. */
export function perform(cloud: Cloud, cluster: Cluster, task: Task): void {
  task.failed = null;
  const work = carryOut(cloud, cluster, task)
    .then(
      () => {
        task.worked = true;
        advance(cloud, cluster);
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        cloud.log(`${task.kind} of ${serverId(cluster)} failed: ${reason}`);
        if (task.kind === "create") task.failed = reason;
        else cluster.task = null;
      },
    )
    .then(() => cloud.save())
    .catch((error: unknown) => cloud.log(`the sandbox's records could not be saved: ${(error as Error).message}`))
    .finally(() => cloud.underway.delete(cluster));
  cloud.underway.set(cluster, work);
}

/** Counts a read of a cluster, and completes its task if its time has come. Throws 500 for one that could not be made. */
export function observe(cloud: Cloud, cluster: Cluster): void {
  advance(cloud, cluster);
  if (cluster.task === null) return;
  cluster.task.reads += 1;
  // The API has no word for it. `creating` would have a client wait for half an hour.
  const { failed } = cluster.task;
  if (failed !== null) throw new ApiError(500, "server_error", `cluster ${cluster.name} could not be made: ${failed}`);
}

/** With the transitions `immediate`: resolves when the cluster's work is over. With any other: at once. */
export async function untilShown(cloud: Cloud, cluster: Cluster): Promise<void> {
  if (cloud.settings().transitions.mode === "immediate") await cloud.underway.get(cluster);
}

/** What a cluster is doing, in the API's word. */
export function statusOf({ task }: Cluster): "online" | "creating" | "resizing" | "migrating" {
  const kind = task?.kind;
  switch (kind) {
    case undefined:
      return "online";
    case "create":
      return "creating";
    case "resize":
      return "resizing";
    case "migrate":
      return "migrating";
    default:
      return kind satisfies never;
  }
}

/** Notes that something happened to a cluster. */
export function tell(cloud: Cloud, cluster: Cluster, type: Cluster["events"][number]["type"]): void {
  cloud.state.counters.event += 1;
  const id = uuid("event", cloud.state.counters.event).slice(0, 8);
  cluster.events.push({ id, type, at: cloud.clock.now() });
}

/** Makes a cluster's server, or has the one there is answer, with the trusted sources on record. */
export async function ensureServer(cloud: Cloud, cluster: Cluster): Promise<void> {
  const sources = resolveSources(cloud.state, cluster);
  await cloud.databases.create(serverOrder(cluster, sources));
  noteSources(cloud, cluster, sources);
}

function serverOrder(cluster: Cluster, sources: readonly string[] | undefined): ServerOrder {
  const { name, password } = adminOf(cluster);
  return {
    id: serverId(cluster),
    address: cluster.address,
    port: PORT,
    ...serverSize(cluster.size),
    admin: { name, password },
    database: FIRST_DATABASE,
    sources,
  };
}

function advance(cloud: Cloud, cluster: Cluster): void {
  const { task } = cluster;
  if (!task?.worked || !isDue(cloud.settings().transitions, task, cloud.clock.now())) return;
  Object.assign(cluster, task.goal);
  cluster.task = null;
  tell(cloud, cluster, task.kind === "create" ? "cluster_create" : "cluster_update");
}

async function carryOut(cloud: Cloud, cluster: Cluster, task: Task): Promise<void> {
  const id = serverId(cluster);
  return cloud.servers.run(id, async () => {
    // A reset of the sandbox forgets a cluster while its work waits.
    if (cluster.destroying || !cloud.state.databases.includes(cluster)) return;
    switch (task.kind) {
      case "create":
        return ensureServer(cloud, cluster);
      case "resize":
        return cloud.databases.resize(id, serverSize(task.goal.size ?? cluster.size));
      case "migrate":
        // There is one place here, whatever a region is called.
        return;
      default:
        task.kind satisfies never;
    }
  });
}
