import type { Cloud } from "../cloud";
import { ApiError } from "../errors";
import { type Cluster, liveClusters, type User } from "./model";
import { observe } from "./tasks";

/** 404 in the words that the API has for databases. */
export function missing(what: "cluster" | "user" | "database"): ApiError {
  return new ApiError(404, "not_found", `${what} not found`);
}

/** The cluster of an id, which counts as read. Throws the API's 404. */
export function requireCluster(cloud: Cloud, id: string): Cluster {
  const cluster = liveClusters(cloud.state).find((known) => known.id === id);
  if (!cluster) throw missing("cluster");
  observe(cloud, cluster);
  return cluster;
}

/** A cluster whose server is there. Throws the API's 412 while it is being made. */
export function requireMade(cloud: Cloud, id: string): Cluster {
  const cluster = requireCluster(cloud, id);
  if (cluster.task?.kind === "create") throw new ApiError(412, "precondition_failed", "cluster is not online");
  return cluster;
}

/** The user of a name. Throws the API's 404. */
export function requireUser(cluster: Cluster, name: string): User {
  const user = cluster.users.find((known) => known.name === name);
  if (!user) throw missing("user");
  return user;
}
