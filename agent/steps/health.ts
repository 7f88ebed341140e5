import { type Attempt, recordOf, schemeOf } from "../attempt";
import { REPLICA_LABEL } from "../compose";
import { processOf, releaseOf } from "../containers";
import { Failure, reasonOf } from "../failure";
import type { Condition, Container, Host } from "../host";
import type { Process } from "../manifest";
import { mountHeaders, mountOfProcess } from "../mount";
import { isLasting, phasesOf } from "../processes";
import type { ReleaseRecord } from "../record";

/** Milliseconds between two looks: short, since every one of them is added to the time until a good release serves. */
const POLL = 20;
/** The same for a process that only has to stay up. */
const POLL_IDLE = 250;
/** Milliseconds that one request of the check may take. */
const PROBE_LIMIT = 5_000;
/** Milliseconds it gets even right before the deadline, so that what is reported is the app's answer. */
const PROBE_LEAST = 250;
/** Milliseconds that a process without a port must stay up to count as started, at the least. */
const SETTLE = 1_000;

/** Waits until every container that has been started so far is fit to serve; fails at once if one of them ends. */
export async function checkHealth(attempt: Attempt): Promise<undefined> {
  const phases = phasesOf(attempt.manifest);
  const isStarted = (container: Container) => ["early", "beside"].includes(phases[processOf(container)] ?? "");
  await untilFit(attempt.host, recordOf(attempt), lastingContainers(attempt).filter(isStarted));
}

/** The containers that this release starts and that are to run all the time. */
export function lastingContainers({ manifest, containers, release }: Attempt): readonly Container[] {
  return containers.filter(
    (container) => releaseOf(container) === release && isLasting(processOf(container), manifest),
  );
}

/** What a container of a release lacks to be fit to serve, if anything; `limit` is for its answer, in milliseconds. */
export type Look = (
  host: Host,
  record: ReleaseRecord,
  container: Container,
  limit?: number,
) => Promise<string | undefined>;

/** Waits until these containers of a release are fit to serve and have been for the settle time, as `look` sees it. */
export async function untilFit(
  host: Host,
  record: ReleaseRecord,
  containers: readonly Container[],
  look: Look = lackOfNew,
): Promise<void> {
  await Promise.all(containers.map((container) => untilOneIsFit(host, record, container, look)));
}

async function untilOneIsFit(host: Host, record: ReleaseRecord, container: Container, look: Look): Promise<void> {
  const { health, settle } = record.content.limits;
  const deadline = host.now() + health * 1000;
  const hasPort = portOf(record, container) !== undefined;
  const stay = hasPort ? settle * 1000 : Math.max(settle * 1000, SETTLE);
  let fitSince: number | undefined;
  for (;;) {
    const limit = Math.max(PROBE_LEAST, Math.min(PROBE_LIMIT, deadline - host.now()));
    const lack = await look(host, record, container, limit);
    const now = host.now();
    if (lack !== undefined && now >= deadline)
      throw new Failure(`${container.name} was not healthy within ${health} s: ${lack}`, container.id);
    fitSince = lack === undefined ? (fitSince ?? now) : undefined;
    if (fitSince !== undefined && now - fitSince >= stay) return;
    await host.sleep(hasPort ? POLL : POLL_IDLE);
  }
}

/** Looks at a container that has been running for a while, or was started again: that it ended once is past. */
export const lackOf: Look = async (host, record, container, limit = PROBE_LIMIT) =>
  (await lookAt(host, record, container, limit)).lack;

/** Looks at a container that is new. @throws Failure if it has ended, even once, which no patience mends */
export const lackOfNew: Look = async (host, record, container, limit = PROBE_LIMIT) => {
  const { condition, lack } = await lookAt(host, record, container, limit);
  await refuseEnded(host, container, condition);
  return lack;
};

async function lookAt(host: Host, record: ReleaseRecord, container: Container, limit: number) {
  const name = processOf(container);
  const process = record.content.processes[name];
  const port = portOf(record, container);
  const answer =
    port !== undefined && process && speaksHttp(record, name, process)
      ? probe(host, record, name, process, port, limit)
      : undefined;
  const [condition, lack] = await Promise.all([host.docker.condition(container.id), answer]);
  const found = lack ?? (process && lackOfContainer(process, condition));
  // Without a check of its own, a server that speaks something else is healthy once it takes connections.
  const hasOnlyPort = port !== undefined && process && !answer && condition.health === undefined;
  return { condition, lack: found ?? (hasOnlyPort ? await connects(host, process, port, limit) : undefined) };
}

/** Only what the edge leads to, or has a path to be asked for, is known to speak HTTP: a port may be any server's. */
function speaksHttp({ content }: ReleaseRecord, name: string, process: Process): boolean {
  return process.health !== undefined || content.routes.some((route) => route.process === name);
}

async function connects(host: Host, process: Process, port: number, limit: number): Promise<string | undefined> {
  try {
    await host.connect(port, limit);
    return undefined;
  } catch (thrown) {
    return `TCP connection to its port ${process.port ?? port}: ${reasonOf(thrown)}`;
  }
}

function portOf({ ports }: ReleaseRecord, container: Container): number | undefined {
  return ports[processOf(container)]?.[Number(container.labels[REPLICA_LABEL])];
}

/** What is wrong with the answer, if anything is. */
async function probe(
  host: Host,
  { content }: ReleaseRecord,
  name: string,
  process: Process,
  port: number,
  limit: number,
): Promise<string | undefined> {
  const mount = mountOfProcess(name, content.routes);
  const path = `${mount.seen}${process.health ?? "/"}`;
  try {
    const status = await host.probe({
      port,
      path,
      host: content.routes.find((route) => route.process === name)?.host ?? "localhost",
      scheme: schemeOf(content.tls),
      headers: mountHeaders(mount),
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

async function refuseEnded(host: Host, container: Container, condition: Condition): Promise<void> {
  const { status, restarts, outOfMemory } = condition;
  if (status !== "exited" && status !== "restarting" && status !== "dead" && restarts === 0) return;
  const exitCode = status === "running" ? await host.docker.lastExitCode(container.id) : condition.exitCode;
  const how = outOfMemory ? "ran out of memory" : `ended${exitCode === undefined ? "" : ` with exit code ${exitCode}`}`;
  throw new Failure(`${container.name} ${how} soon after its start`, container.id);
}
