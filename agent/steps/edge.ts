import { type Attempt, addressesOf, recordOf } from "../attempt";
import { caddyfile, HEAD } from "../caddyfile";
import type { Host } from "../host";
import { CADDYFILE, CADDYFILE_BEFORE, HOST_LOCK } from "../paths";
import { liveRecords, writeLive } from "../record";

/**
 * Leads the traffic to the new release and makes it the live one. The file is changed away from the live state first and back to
 * it last, so that a run killed anywhere in between is seen by the next (`reconcile`).
 */
export async function switchEdge(attempt: Attempt): Promise<string | undefined> {
  const { host, manifest, release } = attempt;
  const record = recordOf(attempt);
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner: attempt.owner, onWait: () => {} });
  try {
    const before = await liveRecords(host.files);
    const others = before.filter(({ content }) => content.app !== manifest.app);
    const text = caddyfile([...others, record]);
    try {
      await keepForeign(host);
      await host.files.write(CADDYFILE, text, 0o644);
      await host.edge.load(text);
      await writeLive(host.files, manifest.app, { release, sequence: manifest.origin.sequence });
    } catch (thrown) {
      await setEdge(host, caddyfile(before));
      throw thrown;
    }
  } finally {
    await lock.free();
  }
  return addressesOf(manifest).join(", ") || undefined;
}

/** Makes the edge say what the live records say; resolves with whether it said something else. */
export async function reconcile(host: Host, owner: string): Promise<boolean> {
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner, onWait: () => {} });
  try {
    const records = await liveRecords(host.files);
    const current = await host.files.read(CADDYFILE);
    // Before the first release of a host the file is still the distribution's, and nothing is lost by leaving it.
    if (records.length === 0 && !current?.startsWith(HEAD)) return false;
    const text = caddyfile(records);
    if (text === current) return false;
    await keepForeign(host);
    await setEdge(host, text);
    return true;
  } finally {
    await lock.free();
  }
}

async function setEdge(host: Host, text: string): Promise<void> {
  await host.edge.load(text);
  await host.files.write(CADDYFILE, text, 0o644);
}

async function keepForeign({ files }: Host): Promise<void> {
  const current = await files.read(CADDYFILE);
  if (current === undefined || current.startsWith(HEAD)) return;
  if ((await files.read(CADDYFILE_BEFORE)) === undefined) await files.write(CADDYFILE_BEFORE, current, 0o644);
}
