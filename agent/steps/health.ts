import { type Attempt, recordOf, schemeOf } from "../attempt";
import { isAwaited, PROCESS_LABEL, REPLICA_LABEL } from "../compose";
import { Failure, reasonOf } from "../failure";
import type { Condition, Container } from "../host";
import type { Process } from "../manifest";

/** Milliseconds between two looks: short, since every one of them is added to the time until a good release serves. */
const POLL = 50;
/** Milliseconds that one request of the check may take. */
const PROBE_LIMIT = 5_000;
/** Milliseconds it gets even right before the deadline, so that what is reported is the app's answer. */
const PROBE_LEAST = 250;
/** Milliseconds that a process without a port must stay up to count as started. */
const SETTLE = 1_000;

/** Waits until every container of the release is fit to serve; fails at once if one of them ends. */
export async function checkHealth(attempt: Attempt): Promise<undefined> {
  await Promise.all(
    attempt.containers.map(async (container) => {
      const name = container.labels[PROCESS_LABEL] ?? "";
      const process = attempt.manifest.processes[name];
      if (process && !isAwaited(name, attempt.manifest)) await untilFit(attempt, container, name, process);
    }),
  );
}

async function untilFit(attempt: Attempt, container: Container, name: string, process: Process): Promise<void> {
  const { host, manifest } = attempt;
  const begun = host.now();
  const deadline = begun + manifest.limits.health * 1000;
  const port = recordOf(attempt).ports[name]?.[Number(container.labels[REPLICA_LABEL])];
  for (;;) {
    const limit = Math.max(PROBE_LEAST, Math.min(PROBE_LIMIT, deadline - host.now()));
    const answer = port === undefined ? undefined : probe(attempt, name, process, port, limit);
    const [condition, lack] = await Promise.all([host.docker.condition(container.id), answer]);
    refuseEnded(container, condition);
    const settling = port === undefined && host.now() - begun < SETTLE;
    const missing = lack ?? lackOfContainer(process, condition);
    if (missing === undefined && !settling) return;
    if (host.now() >= deadline) {
      throw new Failure(
        `${container.name} was not healthy within ${manifest.limits.health} s: ${missing ?? "still starting"}`,
        container.id,
      );
    }
    await host.sleep(POLL);
  }
}

/** What is wrong with the answer, if anything is. */
async function probe(
  attempt: Attempt,
  name: string,
  process: Process,
  port: number,
  limit: number,
): Promise<string | undefined> {
  const { host, manifest } = attempt;
  const path = process.health ?? "/";
  try {
    const status = await host.probe({
      port,
      path,
      host: manifest.routes.find((route) => route.process === name)?.host ?? "localhost",
      scheme: schemeOf(manifest.tls),
      limit,
    });
    // Without a health path of its own the front page may well ask for a login or not be there.
    const fit = status >= 200 && status < (process.health ? 400 : 500);
    return fit ? undefined : `GET ${path} answered ${status}`;
  } catch (thrown) {
    return `GET ${path}: ${reasonOf(thrown)}`;
  }
}

/** A health check of the compose file must be green; one that only the image brings counts where no path is asked for. */
function lackOfContainer(process: Process, { status, health }: Condition): string | undefined {
  if (status !== "running") return `it is ${status}`;
  const counts = "healthcheck" in process.compose || process.health === undefined;
  return counts && health !== undefined && health !== "healthy"
    ? `its container's health check is ${health}`
    : undefined;
}

function refuseEnded(container: Container, { status, exitCode, restarts, outOfMemory }: Condition): void {
  if (status !== "exited" && status !== "restarting" && status !== "dead" && restarts === 0) return;
  const how = outOfMemory ? "ran out of memory" : `ended with exit code ${exitCode}`;
  throw new Failure(`${container.name} ${how} soon after its start`, container.id);
}
