/** Which previews, and what of them, may go. Plain data: it is listed before anything is deleted. */

import { pullOf, stackOf } from "./derive";
import { type Found, orphans, type Tenant } from "./leftovers";
import type { PreviewTag } from "./tag";
import { agoText } from "./words";

/** A preview's stack. */
export interface PreviewListed {
  readonly pull: number;
  /** Undefined where it isn't tagged: a run was cut off at once, or somebody made it by hand. */
  readonly tag: PreviewTag | undefined;
  /** Resources on record; unknown where its state doesn't say. */
  readonly resources: number | undefined;
}

/** What is known when the reaper decides. */
export interface ReapContext {
  readonly project: string;
  /** Names of the project's stacks. */
  readonly stacks: readonly string[];
  readonly previews: readonly PreviewListed[];
  /** Pull requests that are open; undefined where nobody could be asked. */
  readonly open: readonly number[] | undefined;
  /** What the machine has; undefined where it couldn't be asked. */
  readonly found: Found | undefined;
  /** What the cloud has under names that stacks of the project give. */
  readonly cloud: readonly CloudThing[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Something of a cloud's. */
export interface CloudThing {
  /** Pulumi's token. */
  readonly type: string;
  readonly name: string;
  /** Of it in the cloud's API. */
  readonly path: string;
}

/** Something that may go, and why. */
export type Reapable =
  | { readonly kind: "preview"; readonly pull: number; readonly why: string }
  | { readonly kind: "app"; readonly tenant: Tenant; readonly why: string }
  | { readonly kind: "database"; readonly name: string; readonly why: string }
  | { readonly kind: "cloud"; readonly thing: CloudThing; readonly why: string };

/** Expired previews, those of pull requests that are closed, and what is left of others. */
export function reapable({ project, stacks, previews, open, found, cloud, now }: ReapContext): readonly Reapable[] {
  const going = previews.flatMap(({ pull, tag, resources }): Reapable[] => {
    const why =
      open !== undefined && !open.includes(pull)
        ? "its pull request is closed"
        : tag !== undefined && Date.parse(tag.expires) <= now
          ? `expired ${agoText(Date.parse(tag.expires), now)}`
          : tag === undefined && resources === 0
            ? "nothing of it was ever made"
            : undefined;
    return why === undefined ? [] : [{ kind: "preview", pull, why }];
  });
  const left = found ? orphans(found, project, (pull) => !stacks.includes(stackOf(pull))) : { apps: [], databases: [] };
  return [
    ...going,
    ...left.apps.map((tenant): Reapable => ({ kind: "app", tenant, why: `there is no stack ${tenant.stack}` })),
    ...left.databases.map((name): Reapable => ({ kind: "database", name, why: "no app there has it" })),
    ...cloud.flatMap((thing): Reapable[] => {
      const pull = pullNamed(project, thing.name);
      if (pull === undefined || stacks.includes(stackOf(pull))) return [];
      return [{ kind: "cloud", thing, why: `there is no stack ${project}/${stackOf(pull)}` }];
    }),
  ];
}

/** One line on each. */
export function reapText(one: Reapable): string {
  switch (one.kind) {
    case "preview":
      return `preview of pull request ${one.pull}: ${one.why}`;
    case "app":
      return `app ${one.tenant.app} on the machine: ${one.why}`;
    case "database":
      return `database ${one.name} on the machine: ${one.why}`;
    case "cloud":
      return `${one.thing.type.split(":").at(-1)} ${one.thing.name} in the cloud: ${one.why}`;
    default:
      return one satisfies never;
  }
}

/** The pull request that something of a cloud's is for, by the name that its stack gave it. */
export function pullNamed(project: string, name: string): number | undefined {
  return name.startsWith(`${project}-`) ? pullOf(name.slice(project.length + 1)) : undefined;
}

/** Previews among the project's stacks, by number. */
export function pullsIn(stacks: readonly { readonly name: string }[]): readonly number[] {
  return stacks.flatMap(({ name }) => pullOf(name) ?? []).sort((a, b) => a - b);
}
