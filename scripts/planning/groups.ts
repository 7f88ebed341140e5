/** To which part of an environment a resource belongs. */
import type { Step } from "./preview";

/** @see the file's head */
export interface Group {
  readonly kind: "machine" | "server" | "names" | "app" | "github" | "other";
  readonly title: string;
}

const order: readonly Group["kind"][] = ["machine", "server", "names", "app", "github", "other"];

const machine: Group = { kind: "machine", title: "The machine" };
const server: Group = { kind: "server", title: "The managed Postgres" };
const names: Group = { kind: "names", title: "Names" };
const github: Group = { kind: "github", title: "GitHub" };
const other: Group = { kind: "other", title: "Other" };

const app = (name: string): Group => ({ kind: "app", title: `App ${name}` });

/** What stands before the end of a name; all of it if it ends otherwise. */
function before(end: string, name: string): string {
  return name.endsWith(end) ? name.slice(0, -end.length) : name;
}

/** Which group a resource that nothing holds is of. */
function groupOfRoot({ type, name }: Step): Group {
  const [owner = "", part = "", kind = ""] = type.split(":");
  if (owner === "github" || part === "delivery") return github;
  if (owner === "slipway") {
    if (part === "host") return machine;
    if (part === "network") return names;
    if (part === "registry") return app(name);
    if (part === "release") return app(before("-claim", before("-release", name)));
    if (part === "database") return kind.endsWith("Cluster") ? server : app(before("-database", name));
  }
  const secret = /^(.+)-secret-\w+$/.exec(name);
  return type.startsWith("random:") && secret?.[1] !== undefined ? app(secret[1]) : other;
}

/** The outermost resource that holds one; itself if nothing does. */
export function rootOf(step: Step, byUrn: ReadonlyMap<string, Step>): Step {
  const parent = byUrn.get(step.parent);
  return parent === undefined ? step : rootOf(parent, byUrn);
}

/** @see the file's head */
export function groupOf(step: Step, byUrn: ReadonlyMap<string, Step>): Group {
  return groupOfRoot(rootOf(step, byUrn));
}

/** Machine first, then what stands on it. */
export function compareGroups(one: Group, another: Group): number {
  return order.indexOf(one.kind) - order.indexOf(another.kind) || one.title.localeCompare(another.title, "en");
}
