import { type Attempt, addressesOf, recordOf } from "../attempt";
import { caddyfile, HEAD } from "../caddyfile";
import { doorsOf, isStaticDoor, releaseOf } from "../doors";
import type { Files, Host } from "../host";
import { appPaths, CADDYFILE, CADDYFILE_BEFORE, HOST_LOCK, releasePaths } from "../paths";
import { keepServing, liveRecords, type ReleaseRecord, readLive, writeLive } from "../record";
import { layRoots, pruneRoots } from "../roots";

/** Leads the traffic to the new release and makes it the live one. */
export async function switchEdge(attempt: Attempt): Promise<string | undefined> {
  const { host, manifest, release } = attempt;
  const record = recordOf(attempt);
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner: attempt.owner, onWait: () => {} });
  try {
    const before = await liveRecords(host.files);
    const others = before.filter(({ content }) => content.app !== manifest.app);
    attempt.switched = true;
    await openDoors(host, record);
    const after = [...others, record];
    // Most releases leave it as it is, and the edge has been brought in line with it when this run began.
    if ((await host.files.read(CADDYFILE)) !== caddyfile(after)) {
      attempt.loaded = host.now();
      await setEdge(host, after);
    }
    const live = { release, sequence: manifest.origin.sequence };
    await writeLive(host.files, manifest.app, live);
    await keepServing(host.files, live, record);
  } finally {
    await lock.free();
  }
  return addressesOf(manifest).join(", ") || undefined;
}

/** Leads the traffic back to the release that served before, or to none, whatever of `switchEdge` has been done. */
export async function switchBack({ host, manifest, release, live, before, owner }: Attempt): Promise<void> {
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner, onWait: () => {} });
  try {
    const { app } = manifest;
    // The pointer first: it is what a run after a kill goes by. On a full disk it may not have been moved at all.
    if (!before) for (const path of [appPaths(app).live, appPaths(app).serving]) await host.files.remove(path);
    else if ((await readLive(host.files, app))?.release !== before.release) await writeLive(host.files, app, before);
    if (before && live) await keepServing(host.files, before, live);
    if (live) await openDoors(host, live);
    await closeDoors(host, app, (other) => other !== release);
    await setEdge(host, await liveRecords(host.files));
  } finally {
    await lock.free();
  }
}

/** What `reconcile` works on. */
export interface ReconcileOrder {
  readonly host: Host;
  readonly app: string;
  readonly owner: string;
  /** The app's release that serves, if one does. */
  readonly live: ReleaseRecord | undefined;
}

/** Makes the edge say what the live records say; resolves with whether it said something else. */
export async function reconcile({ host, app, owner, live }: ReconcileOrder): Promise<boolean> {
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner, onWait: () => {} });
  try {
    const records = await liveRecords(host.files);
    const current = await host.files.read(CADDYFILE);
    if (live) await openDoors(host, live);
    const closed = await closeDoors(host, app, (release, path) => {
      if (release === live?.release) return true;
      return isStaticDoor(app, path) && live !== undefined && release < live.release;
    });
    // Before the first release of a host the file is still the distribution's, and nothing is lost by leaving it.
    if (records.length === 0 && !current?.startsWith(HEAD)) return closed;
    await setEdge(host, records);
    await pruneRoots(host.files, records);
    return closed || caddyfile(records) !== current;
  } finally {
    await lock.free();
  }
}

/** Whether the edge's file is of ours and not what the live releases call for, as where another engine has written it. */
export async function isBehind(files: Files): Promise<boolean> {
  const [records, current] = await Promise.all([liveRecords(files), files.read(CADDYFILE)]);
  return records.length > 0 && current?.startsWith(HEAD) === true && current !== caddyfile(records);
}

/** Closes the app's doors for which `stays` says no; resolves with whether there were any. */
export async function closeDoors(
  host: Host,
  app: string,
  stays: (release: number, path: string) => boolean,
): Promise<boolean> {
  const doors = await host.files.walk(appPaths(app).edge);
  const closing = doors.filter((path) => !stays(releaseOf(path), path));
  await Promise.all(closing.map((path) => host.files.remove(path)));
  return closing.length > 0;
}

/** Leads visitors of some processes to a release, whether or not it listens yet. */
export async function openDoorsOf(host: Host, record: ReleaseRecord, processes: readonly string[]): Promise<void> {
  const { content } = record;
  const chosen = Object.entries(content.processes).filter(([name]) => processes.includes(name));
  await openDoors(host, { ...record, content: { ...content, processes: Object.fromEntries(chosen) } });
}

async function openDoors(host: Host, record: ReleaseRecord): Promise<void> {
  const { static: staticFiles } = releasePaths(record.content.app, record.release);
  for (const { path, target } of doorsOf(record, staticFiles)) {
    await (target === undefined ? host.files.write(path, "", 0o644) : host.files.link(path, target));
  }
}

/** The edge takes a configuration equal to its own for nothing to do; the file is what it starts from after a restart. */
async function setEdge(host: Host, records: readonly ReleaseRecord[]): Promise<void> {
  const text = caddyfile(records);
  await layRoots(host.files, records);
  await host.edge.load(text);
  const current = await host.files.read(CADDYFILE);
  if (current === text) return;
  const isForeign = current !== undefined && !current.startsWith(HEAD);
  if (isForeign && (await host.files.read(CADDYFILE_BEFORE)) === undefined) {
    await host.files.write(CADDYFILE_BEFORE, current, 0o644);
  }
  await host.files.write(CADDYFILE, text, 0o644);
}
