/** `slipway read-back`: tries for each snapshot whether its dump can be read back, on a server of its own, and writes down what came of it. */
import { Failure, reasonOf } from "./failure";
import type { Host, ReadBack } from "./host";
import { appPaths } from "./paths";
import { dumpPath, megabytes, noteReadBack, readBackText, readSnapshots, type Snapshot } from "./snapshots";

/** Part of a dump's bytes that must be free: what is packed takes a multiple, and indexes are in no dump. */
const ROOM = 10;

/** Tries those that were not tried yet, the newest first. Resolves with what was found, a line for each. */
export async function readBackSnapshots(host: Host, app: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const tried = new Set<string>();
  for (;;) {
    const all = await readSnapshots(host.files, app);
    const next = all.find(({ id, role, readBack }) => role !== undefined && readBack === undefined && !tried.has(id));
    if (!next) return lines;
    tried.add(next.id);
    const readBack = await tryOne(host, app, next);
    await noteReadBack(host.files, app, next, readBack);
    lines.push(`snapshot ${next.id} of ${app}: ${readBackText(readBack)}`);
  }
}

async function tryOne(host: Host, app: string, { id, bytes, role = "", searchPath }: Snapshot): Promise<ReadBack> {
  const { free } = await host.disk(appPaths(app).folder);
  if (free < bytes * ROOM)
    return {
      result: "not tried",
      reason: `the disk has ${megabytes(free)} free, and it may need ${megabytes(bytes * ROOM)}`,
    };
  return host.database.readBack(dumpPath(app, id), { role, searchPath }).catch((thrown) => {
    if (thrown instanceof Failure) return { result: "not tried", reason: reasonOf(thrown) };
    throw thrown;
  });
}
