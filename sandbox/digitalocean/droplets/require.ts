import { advance, pending } from "../actions/run";
import type { Cloud } from "../cloud";
import { notFound, unprocessable } from "../errors";
import type { State } from "../state";
import type { Droplet } from "./model";

/** The droplet of an id as it stands in a path. Throws the API's 404. */
export function requireDroplet(state: State, id: string): Droplet {
  const droplet = state.droplets.find((known) => String(known.id) === id);
  if (!droplet) throw notFound();
  return droplet;
}

/** Throws the API's 422 while a droplet is held by an action. */
export function requireUnlocked(cloud: Cloud, droplet: Droplet): void {
  for (const action of pending(cloud, droplet.id)) advance(cloud, action);
  if (pending(cloud, droplet.id).length > 0) throw unprocessable("Droplet already has a pending event.");
}
