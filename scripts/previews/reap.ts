/** Which previews, and what of them, may go. Plain data: it is listed before anything is deleted. */

import { commandLine } from "../../infra/ssh/commandLine";
import type { Stray } from "../stack/pendingCreates";
import { pullOf, stackOf } from "./derive";
import { type Found, type FoundDatabase, orphans, type Tenant, type Whose } from "./leftovers";
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
export interface ReapContext extends Whose {
  /** Names of the project's stacks. */
  readonly stacks: readonly string[];
  readonly previews: readonly PreviewListed[];
  /** Pull requests that are open; undefined where nobody could be asked. */
  readonly open: readonly number[] | undefined;
  /** What the machine has; undefined where it couldn't be asked. */
  readonly found: Found | undefined;
  /** What the cloud has under names that stacks of the project give. */
  readonly cloud: readonly Stray[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Something that may go, and why. */
export type Reapable =
  | { readonly kind: "preview"; readonly pull: number; readonly why: string }
  | { readonly kind: "app"; readonly tenant: Tenant; readonly why: string }
  | { readonly kind: "database"; readonly database: FoundDatabase; readonly why: string }
  | { readonly kind: "cloud"; readonly thing: Stray; readonly why: string };

/** What comes of it. */
export interface Reaping {
  /** What may go: each bears the mark of this state, or is a stack of it. */
  readonly own: readonly Reapable[];
  /** What is only called as such a thing is: it stays until a person names it. */
  readonly unmarked: readonly Reapable[];
}

/** Expired previews, those of pull requests that are closed, and what is left of others. */
export function reapable({ stacks, previews, open, found, cloud, now, ...whose }: ReapContext): Reaping {
  const going = previews.flatMap(({ pull, tag, resources }): Reapable[] => {
    const why =
      tag === undefined
        ? resources === 0
          ? "nothing of it was ever made"
          : undefined
        : open !== undefined && !open.includes(pull)
          ? "its pull request is closed"
          : Date.parse(tag.expires) <= now
            ? `expired ${agoText(Date.parse(tag.expires), now)}`
            : undefined;
    return why === undefined ? [] : [{ kind: "preview", pull, why }];
  });
  const byHand = previews.filter(
    ({ pull, tag, resources }) => tag === undefined && resources !== 0 && open !== undefined && !open.includes(pull),
  );
  const isGone = (pull: number) => !stacks.includes(stackOf(pull));
  const left = found && orphans(found, whose, isGone);
  const gone = cloud.filter(({ name }) => {
    const pull = pullNamed(whose.project, name);
    return pull !== undefined && isGone(pull);
  });
  const ofApp = (tenant: Tenant): Reapable => ({ kind: "app", tenant, why: `there is no stack ${tenant.stack}` });
  const ofCloud = (thing: Stray): Reapable => {
    const pull = pullNamed(whose.project, thing.name);
    return {
      kind: "cloud",
      thing,
      why: `there is no stack ${whose.project}/${pull === undefined ? "?" : stackOf(pull)}`,
    };
  };
  return {
    own: [
      ...going,
      ...(left?.apps ?? []).map(ofApp),
      ...(left?.databases ?? []).map(
        (database): Reapable => ({ kind: "database", database, why: "no app there has it" }),
      ),
      ...gone.filter(({ marks }) => whose.mark !== undefined && marks.includes(whose.mark)).map(ofCloud),
    ],
    unmarked: [
      ...byHand.map(({ pull }): Reapable => ({ kind: "preview", pull, why: "its pull request is closed" })),
      ...(left?.unmarked.apps ?? []).map(ofApp),
      ...(left?.unmarked.databases ?? []).map(
        (name): Reapable => ({ kind: "database", database: { name, comment: null }, why: "no app there has it" }),
      ),
      ...gone.filter(({ marks }) => marks.length === 0).map(ofCloud),
    ],
  };
}

/** One line on each. */
export function reapText(one: Reapable): string {
  switch (one.kind) {
    case "preview":
      return `preview of pull request ${one.pull}: ${one.why}`;
    case "app":
      return `app ${one.tenant.app} on the machine: ${one.why}`;
    case "database":
      return `database ${one.database.name} on the machine: ${one.why}`;
    case "cloud":
      return `${one.thing.type.split(":").at(-1)} ${one.thing.name} in the cloud: ${one.why}`;
    default:
      return one satisfies never;
  }
}

/** What a person names it by who has it removed. */
export function reapName(one: Reapable): string {
  switch (one.kind) {
    case "preview":
      return `preview/${one.pull}`;
    case "app":
      return `app/${one.tenant.app}`;
    case "database":
      return `database/${one.database.name}`;
    case "cloud":
      return `cloud${one.thing.path}`;
    default:
      return one satisfies never;
  }
}

/** Two lines on what bears no mark: what it is, and what to paste where it may go. @param on the stack that previews are modelled on */
export function unmarkedText(one: Reapable, on: string): string {
  const words = ["./scripts/preview-env", "reap", "--on", on, "--yes", "--remove", reapName(one)];
  const what = one.kind === "preview" ? "it has no tag of preview-env" : "it bears no mark";
  return `${reapText(one)}, and ${what}: it is left. If it may go:\n  ${commandLine(words)}`;
}

/** The pull request that something of a cloud's is for, by the name that its stack gave it. */
export function pullNamed(project: string, name: string): number | undefined {
  return name.startsWith(`${project}-`) ? pullOf(name.slice(project.length + 1)) : undefined;
}

/** Previews among the project's stacks, by number. */
export function pullsIn(stacks: readonly { readonly name: string }[]): readonly number[] {
  return stacks.flatMap(({ name }) => pullOf(name) ?? []).sort((a, b) => a - b);
}
