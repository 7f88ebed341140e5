/**
 * What kind of process each of an app's is: whether the old one must have stopped before the new one starts, and at which point of a release
 * that happens.
 */
import { dependenciesOf, isAwaited, mapOf } from "./dependencies";
import type { Manifest, Process } from "./manifest";

/** The parts of a manifest, or of a record's content, that decide. */
export type Processes = Pick<Manifest, "processes" | "routes"> & Partial<Pick<Manifest, "release">>;

/**
 * When a release starts a process. `early`: before the release command, which may need it. `beside`: with the old release still serving.
 * `in place`: right before the edge is switched, since visitors wait from the old one's end to the new one's start. `worker`: once the edge is
 * switched.
 */
export type Phase = "early" | "beside" | "in place" | "worker";

/** In the order of a release. What ends by itself and writes a volume comes with the first that waits for it, when the old ones have stopped. */
const ORDER: readonly Phase[] = ["early", "beside", "in place", "worker"];

/** Runs at its times only, in containers of its own. */
export function isScheduled(process: Process): boolean {
  return process.schedule !== undefined;
}

/** Whether it is to run all the time: not one that ends by itself, and not one with a schedule. */
export function isLasting(name: string, manifest: Processes): boolean {
  const process = manifest.processes[name];
  return process !== undefined && !isScheduled(process) && !isAwaited(name, manifest);
}

/**
 * Whether the old one must have stopped before the new one starts: what writes a volume, so that no two servers ever share its files, and
 * workers, so that no two versions take the same work. The compose file's own `deploy.update_config.order` decides where it says so.
 */
export function isStopFirst(name: string, manifest: Processes): boolean {
  const process = manifest.processes[name];
  if (!process || isScheduled(process)) return false;
  return (
    (orderOf(process) ?? (writesVolume(name, manifest) || isIdle(name, manifest) ? "stop-first" : "")) === "stop-first"
  );
}

/** The phase of each process that a release starts; what has a schedule has none. */
export function phasesOf(manifest: Processes): Readonly<Record<string, Phase>> {
  const names = Object.entries(manifest.processes).flatMap(([name, process]) => (isScheduled(process) ? [] : [name]));
  const needs = (name: string) => neededBy(name, manifest);
  const lasting = names.filter((name) => isLasting(name, manifest));
  const phases = new Map(lasting.map((name) => [name, ownPhase(name, manifest)]));
  for (const name of names)
    if (!phases.has(name)) {
      const waiting = lasting.filter((other) => needs(other).includes(name)).map((other) => phases.get(other));
      phases.set(
        name,
        writesVolume(name, manifest) ? (ORDER.find((phase) => waiting.includes(phase)) ?? "beside") : "beside",
      );
    }
  // What waits for one that visitors wait for comes as late as that one.
  for (const name of names)
    if (phases.get(name) !== "worker" && needs(name).some((other) => phases.get(other) === "in place"))
      phases.set(name, "in place");
  // And what an early one waits for, or the release command, is as early.
  const early = names.filter((name) => phases.get(name) === "early");
  const first = [...early, ...(manifest.release ? [manifest.release.process] : [])].flatMap(needs);
  for (const name of first) if (phases.get(name) === "beside") phases.set(name, "early");
  return Object.fromEntries(phases);
}

/** Names of volumes, and paths of the host, that a process may write and that are its own; not the uploads that the edge serves, which many write. */
export function writtenPlaces(name: string, manifest: Processes): readonly string[] {
  const uploads = uploadVolumes(manifest);
  const { volumes } = manifest.processes[name]?.compose ?? {};
  return Array.isArray(volumes) ? volumes.flatMap(placeOf).filter((place) => !uploads.includes(place)) : [];
}

/** Volumes whose files the edge serves. */
export function uploadVolumes({ processes }: Pick<Processes, "processes">): readonly string[] {
  return Object.values(processes).flatMap(({ media }) => (media ? [media.volume] : []));
}

/** All that a process waits for, and what that waits for. */
export function neededBy(name: string, manifest: Pick<Processes, "processes">): readonly string[] {
  const found = new Set<string>();
  const visit = (one: string) => {
    const process = manifest.processes[one];
    for (const other of process ? Object.keys(dependenciesOf(process, manifest)) : []) {
      if (found.has(other)) continue;
      found.add(other);
      visit(other);
    }
  };
  visit(name);
  return [...found];
}

function ownPhase(name: string, manifest: Processes): Phase {
  if (!isStopFirst(name, manifest)) return "beside";
  if (isRouted(name, manifest)) return "in place";
  if (isIdle(name, manifest) && !isServer(name, manifest)) return "worker";
  const process = manifest.processes[name];
  // One that only says so of itself, and that nobody is known to need, may as well come last.
  return isNeeded(name, manifest) || (process && writesVolume(name, manifest)) ? "early" : "worker";
}

/** Nobody is known to ask it for anything. */
function isIdle(name: string, manifest: Processes): boolean {
  return manifest.processes[name]?.port === undefined && !isNeeded(name, manifest) && !isRouted(name, manifest);
}

/** It keeps files of its own and is no part of what the routes lead to: a server such as Postgres, whether or not the file says who needs it. */
function isServer(name: string, manifest: Processes): boolean {
  const { image } = manifest.processes[name] ?? {};
  const apps = manifest.routes.map(({ process }) => manifest.processes[process]?.image);
  return writesVolume(name, manifest) && !apps.includes(image);
}

function isRouted(name: string, { routes }: Processes): boolean {
  return routes.some(({ process }) => process === name);
}

function isNeeded(name: string, manifest: Processes): boolean {
  return Object.values(manifest.processes).some((process) => name in dependenciesOf(process, manifest));
}

function writesVolume(name: string, manifest: Processes): boolean {
  return writtenPlaces(name, manifest).length > 0;
}

function orderOf({ compose }: Process): string | undefined {
  const { update_config: config } = mapOf(compose.deploy);
  const { order } = mapOf(config);
  return typeof order === "string" ? order : undefined;
}

/** What an entry of `volumes` may write, in the short or the long form; a volume without a name is nobody else's. */
function placeOf(entry: unknown): string[] {
  if (typeof entry !== "string") {
    const { type, source, read_only: readOnly } = mapOf(entry);
    const counts = (type === "volume" || type === "bind") && typeof source === "string" && String(readOnly) !== "true";
    return counts ? [source] : [];
  }
  // A colon inside of ${…} sets nothing apart.
  const variables: string[] = [];
  const masked = entry.replace(/\$\{[^}]*\}/g, (variable) => `\0${variables.push(variable) - 1}\0`);
  const [source = "", target, mode = ""] = masked.split(":");
  if (target === undefined || mode.split(",").includes("ro")) return [];
  return [source.replace(/\0(\d+)\0/g, (_, index) => variables[Number(index)] ?? "")];
}
