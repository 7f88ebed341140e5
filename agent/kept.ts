/**
 * What a release does not change it leaves running, untouched: the container of an earlier release goes on as part of the new one. So a server
 * keeps what it has in memory, its connections and its files, whatever else of the app is released.
 */
import { renderedService } from "./compose";
import { processOf } from "./containers";
import { dependenciesOf, isAwaited } from "./dependencies";
import type { Container, Host } from "./host";
import type { Manifest } from "./manifest";
import { isLasting, isScheduled } from "./processes";
import { type ReleaseRecord, sameJson } from "./record";
import { lackOf } from "./steps/health";

/** Number of the release whose container goes on, by process. */
export type Kept = Readonly<Record<string, number>>;

/** What a new release is compared with. */
export interface KeptOrder {
  readonly host: Host;
  readonly manifest: Manifest;
  /** Keyed fingerprint of the manifest's environment. */
  readonly environment: string;
  readonly live: ReleaseRecord | undefined;
  /** Containers of the live release. */
  readonly containers: readonly Container[];
}

/** Which processes go on. One that visitors are led to must be fit as well: a release is also a way to replace it. */
export async function keptProcesses({ host, manifest, environment, live, containers }: KeptOrder): Promise<Kept> {
  if (!live || live.environment !== environment) return {};
  const routed = new Set(manifest.routes.map(({ process }) => process));
  const isFit = async (name: string) => {
    if (!routed.has(name)) return true;
    const ours = containers.filter((container) => processOf(container) === name);
    return (await Promise.all(ours.map((one) => lackOf(host, live, one)))).every((lack) => lack === undefined);
  };
  const same = unchanged(manifest, live);
  const running = same.filter((name) => isLasting(name, manifest) && runsWhole(name, manifest, containers));
  const fit = await Promise.all(running.map(async (name) => ((await isFit(name)) ? [name] : [])));
  const kept = withTheirNeeds(fit.flat(), same, manifest);
  return Object.fromEntries(kept.map((name) => [name, live.kept?.[name] ?? live.release]));
}

/** Processes whose containers would be made the same again; of the environment it is known by then that it is the same. */
export function unchanged(manifest: Manifest, { content }: Pick<ReleaseRecord, "content">): readonly string[] {
  const before: Manifest = { ...manifest, ...content };
  return Object.entries(manifest.processes).flatMap(([name, process]) => {
    const old = content.processes[name];
    if (!old || isScheduled(process) || isScheduled(old) || old.replicas !== process.replicas) return [];
    // It is told its release's number, which is another one now.
    if (/\$\{?RELEASE\b/.test(JSON.stringify(process.compose))) return [];
    return sameJson(renderedService(manifest, name), renderedService(before, name)) ? [name] : [];
  });
}

/** Whether all replicas of a process are among these containers, and run. */
export function runsWhole(name: string, manifest: Manifest, containers: readonly Container[]): boolean {
  const running = containers.filter((container) => container.running && processOf(container) === name);
  return running.length === manifest.processes[name]?.replicas;
}

/**
 * One whose needs are replaced is replaced with them: it was linked to those of its own release. What ends by itself ran for those that
 * wait for it, and runs again for any of them that is new.
 */
function withTheirNeeds(candidates: readonly string[], same: readonly string[], manifest: Manifest): readonly string[] {
  const kept = new Set(candidates);
  const needsOf = (name: string) => {
    const process = manifest.processes[name];
    return process ? Object.keys(dependenciesOf(process, manifest)) : [];
  };
  const stays = (name: string) => kept.has(name) || (isAwaited(name, manifest) && same.includes(name));
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    for (const name of kept) if (!needsOf(name).every(stays)) kept.delete(name);
  }
  const names = Object.keys(manifest.processes);
  const ended = same.filter(
    (name) => isAwaited(name, manifest) && names.every((other) => !needsOf(other).includes(name) || kept.has(other)),
  );
  return [...kept, ...ended];
}
