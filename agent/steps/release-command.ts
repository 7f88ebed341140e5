import type { Attempt } from "../attempt";
import { PROCESS_LABEL, RELEASE_COMMAND } from "../compose";
import { Failure, reasonOf } from "../failure";
import type { Container, Lock } from "../host";
import { databaseLock, databaseUrl } from "../snapshots";

/** Seconds to wait for another migration of the same database where the app sets no limit. */
const WAIT = 60;
/** How Postgres says that `lock_timeout` is over. */
const LOCKED_OUT = "canceling statement due to lock timeout";

/**
 * Runs the release command (e.g. migrations) once, in the new image, with the new environment, before anything else moves. An advisory lock
 * on the app's database keeps away whoever else would migrate it, from this host or another.
 */
export async function runReleaseCommand(attempt: Attempt): Promise<undefined> {
  const { host, manifest, containers } = attempt;
  const container = containers.find(({ labels }) => labels[PROCESS_LABEL] === RELEASE_COMMAND);
  if (!manifest.release || !container) return;
  const lock = await lockDatabase(attempt);
  try {
    await (lock ? untilLost(attempt, container, lock) : runCommand(attempt, container));
  } finally {
    await lock?.free();
  }
  await host.docker.remove(container.id);
}

async function lockDatabase({ host, manifest }: Attempt): Promise<Lock | undefined> {
  const url = databaseUrl(manifest, manifest.environment);
  if (url === undefined) return undefined;
  const { lock } = manifest.limits;
  return host.database.lock(url, databaseLock(manifest.app), lock || WAIT).catch((thrown) => {
    throw new Failure(`the app's database is not to be had for the release command: ${reasonOf(thrown)}`);
  });
}

/** Without the lock another may migrate at the same time, so the command must end. */
async function untilLost(attempt: Attempt, container: Container, lock: Lock): Promise<void> {
  const running = runCommand(attempt, container);
  running.catch(() => {});
  try {
    await Promise.race([lock.lost, running]);
  } catch (thrown) {
    await attempt.host.docker.stop(container.id, 0);
    throw thrown;
  }
}

async function runCommand(attempt: Attempt, container: Container): Promise<void> {
  const { host, manifest, say } = attempt;
  // Even one that fails may have changed the database.
  attempt.migrated = true;
  const command = manifest.release?.command.join(" ");
  let isLockedOut = false;
  const onLine = (line: string) => {
    isLockedOut ||= line.includes(LOCKED_OUT);
    say(`  | ${line}`);
  };
  const code = await host.docker.runToEnd(container.id, manifest.limits.release, onLine).catch((thrown) => {
    throw new Failure(`«${command}» ${reasonOf(thrown)}`, container.id);
  });
  if (code === 0) return;
  const why = isLockedOut ? `: ${lockedOutText(manifest.limits.lock)}` : "";
  throw new Failure(`«${command}» ended with exit code ${code}${why}`, container.id);
}

function lockedOutText(limit: number): string {
  const longer = limit > 0 ? `for longer than ${limit} s (limits.lock in the app's settings)` : "for too long";
  return (
    `another session of the database held a lock it needs ${longer}. Release again when that one is done, e.g. a long query or a job; ` +
    "«SELECT pid, query, xact_start FROM pg_stat_activity ORDER BY xact_start» shows it. A migration that needs to wait longer needs a higher limit, " +
    "and requests for the same table wait as long"
  );
}
