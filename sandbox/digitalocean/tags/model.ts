import { liveClusters } from "../databases/model";
import { unprocessable } from "../errors";
import { bears } from "../firewalls/model";
import type { State } from "../state";

/** What may be tagged in the sandbox, by the API's name for its kind. */
export type TaggedKind = "droplet" | "volume" | "database";

/** Something that bears tags. */
export interface Tagged {
  tags: string[];
}

/** Makes the tags that do not exist yet; a tag keeps the capitals it was made with. Throws the API's 422 on a bad name. */
export function ensureTags(state: State, names: readonly string[]): string[] {
  return names.map((name) => {
    if (!/^[A-Za-z0-9:_-]{1,255}$/.test(name)) {
      throw unprocessable(
        `tag ${JSON.stringify(name)} is invalid: letters, digits, colons, dashes and underscores, at most 255`,
      );
    }
    const known = findTag(state, name);
    if (known !== undefined) return known;
    state.tags.push(name);
    return name;
  });
}

/** The tag of a name as it was made, whatever the capitals; or `undefined`. */
export function findTag(state: State, name: string): string | undefined {
  return state.tags.find((tag) => tag.toLowerCase() === name.toLowerCase());
}

/** What bears a tag, each kind apart, in the order of making. */
export function taggedWith(state: State, tag: string) {
  return {
    droplets: state.droplets.filter((droplet) => !droplet.destroying && bears(droplet.tags, tag)),
    volumes: state.volumes.filter((volume) => bears(volume.tags, tag)),
    databases: liveClusters(state).filter((cluster) => bears(cluster.tags, tag)),
  };
}

/** Puts a tag on something, once. */
export function addTag(thing: Tagged, tag: string): void {
  if (!bears(thing.tags, tag)) thing.tags.push(tag);
}

/** Takes a tag off something. */
export function removeTag(thing: Tagged, tag: string): void {
  thing.tags = thing.tags.filter((known) => known.toLowerCase() !== tag.toLowerCase());
}

/** Takes a tag off everything, firewalls and their rules included, and forgets it. */
export function deleteTag(state: State, tag: string): void {
  for (const thing of [...state.droplets, ...state.volumes, ...state.databases, ...state.firewalls])
    removeTag(thing, tag);
  for (const firewall of state.firewalls) {
    for (const { peers } of [...firewall.inbound, ...firewall.outbound]) {
      if (peers.tags) peers.tags = peers.tags.filter((known) => known.toLowerCase() !== tag.toLowerCase());
    }
  }
  state.tags = state.tags.filter((known) => known !== tag);
}
