import type { Attempt } from "../attempt";
import { Failure, reasonOf } from "../failure";
import type { Host } from "../host";
import { databaseUrl } from "../snapshots";

/** Milliseconds that a server may take to answer, e.g. after a boot, and between two looks. */
const PATIENCE = 60_000;
/** @see PATIENCE */
const POLL = 1_000;

/** What no patience mends, in Postgres's and libpq's own words. */
const LASTING =
  /password authentication failed|no password supplied|no pg_hba\.conf entry|does not exist|is not permitted to log in|certificate|is none of Postgres|permission denied/i;

/** Waits until the app's database answers, so that the app never sees one that is not there. */
export async function awaitDatabase({ host, manifest, say }: Attempt): Promise<string | undefined> {
  const url = databaseUrl(manifest, manifest.environment);
  if (url !== undefined) await untilAnswers(host, url, say);
  return undefined;
}

/** Waits until a database answers. @throws Failure if it doesn't in time, or says what no patience mends */
export async function untilAnswers(host: Host, url: string, say: (line: string) => void): Promise<void> {
  const begun = host.now();
  for (let said = false; ; said = true) {
    const reason = await host.database.size(url).then(() => undefined, reasonOf);
    if (reason === undefined) return;
    if (LASTING.test(reason)) throw new Failure(`the app's database doesn't let it in: ${reason}`);
    if (host.now() - begun >= PATIENCE)
      throw new Failure(`the app's database did not answer within ${PATIENCE / 1000} s: ${reason}`);
    if (!said) say(`… waits for the app's database: ${reason.split("\n")[0]}`);
    await host.sleep(POLL);
  }
}
