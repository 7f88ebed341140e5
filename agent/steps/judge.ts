import { belongsTo, processOf, recordContainers } from "../containers";
import { reasonOf } from "../failure";
import type { Host } from "../host";
import { readLedger, writeRow } from "../ledger";
import { releasePaths } from "../paths";
import { isLasting } from "../processes";
import {
  healServing,
  imagesOf,
  keepServing,
  type Live,
  legibleRecord,
  type ReleaseRecord,
  readLive,
  readRecord,
  writeLive,
} from "../record";
import { lackOf, untilFit } from "./health";
import { startAgain } from "./start-again";
import { stopWorkers } from "./workers";

/** Which release is to serve, and what there is to say about it. */
export interface Judgement {
  readonly pointer: Live | undefined;
  readonly live: ReleaseRecord | undefined;
  readonly notes: readonly string[];
}

/**
 * Finds the live release. If its run was killed before it had been watched to the end, and the one before is still there to go back to, it
 * is judged now; what is not healthy is no better for having been interrupted. The rest of the way back is for `tidy`.
 */
export async function judge(host: Host, app: string): Promise<Judgement> {
  const healed = await healServing(host.files, app);
  const said = healed === undefined ? [] : [healed];
  const pointer = await readLive(host.files, app);
  const live = pointer && (await readRecord(host.files, app, pointer.release));
  if (!live) return { pointer, live, notes: said };
  const before = await unfinishedAfter(host, live);
  const lack = before && (await lackOfRelease(host, live, before));
  if (!before || lack === undefined) {
    await keepServing(host.files, pointer, live);
    return { pointer, live, notes: said };
  }

  const back: Live = { release: before.release, sequence: before.origin.sequence };
  const reason = `its run was killed after the switch, and it is not healthy: ${lack}`;
  await writeLive(host.files, app, back);
  await keepServing(host.files, back, before);
  const at = new Date(Math.min(live.origin.sequence, host.now())).toISOString();
  const images = imagesOf(live.content);
  await writeRow(host.files, app, {
    ...live.origin,
    release: live.release,
    at,
    images,
    result: "failed",
    step: "watch",
    reason,
  });
  await host.files.remove(releasePaths(app, live.release).folder);
  return {
    pointer: back,
    live: before,
    notes: [...said, `release ${live.release} is led back to release ${before.release}: ${reason}`],
  };
}

/** The release before one that has no row in the ledger yet, if it still has its containers. */
async function unfinishedAfter(host: Host, live: ReleaseRecord) {
  const { release, content } = live;
  const { app } = content;
  const rows = await readLedger(host.files, app);
  if (rows.some((row) => row.release === release)) return undefined;
  const last = rows.filter(({ result }) => result === "live").at(-1);
  const record = last && (await legibleRecord(host.files, app, last.release));
  if (!record) return undefined;
  const own = (await recordContainers(host, record)).filter((container) => !belongsTo(container, live));
  return own.length > 0 ? record : undefined;
}

async function lackOfRelease(host: Host, record: ReleaseRecord, before: ReleaseRecord): Promise<string | undefined> {
  await stopWorkers(host, before, record, record.content.limits.drain);
  const containers = await recordContainers(host, record);
  await startAgain(host, record, containers);
  const lasting = containers.filter((container) => isLasting(processOf(container), record.content));
  return untilFit(host, record, lasting, lackOf).then(() => undefined, reasonOf);
}
