import { type Attempt, recordOf } from "../attempt";
import { processOf } from "../containers";
import { dependenciesOf } from "../dependencies";
import { Failure, reasonOf } from "../failure";
import type { Container, Host } from "../host";
import { type Phase, phasesOf } from "../processes";
import { lastingContainers, untilFit } from "./health";

/** Milliseconds between two looks at a container that others wait for. */
const POLL = 50;

/** Starts, beside the old ones, all containers that may run at the same time as theirs. */
export async function start(attempt: Attempt): Promise<undefined> {
  await startProcesses(attempt, startedIn(attempt, "beside"));
}

/** Processes that a release starts in a phase: not those that go on. */
export function startedIn({ manifest, kept }: Pick<Attempt, "manifest" | "kept">, phase: Phase): readonly string[] {
  return Object.entries(phasesOf(manifest)).flatMap(([name, own]) => (own === phase && !(name in kept) ? [name] : []));
}

/** Starts the containers of these processes and waits until those that are to run all the time are fit. */
export async function startUntilFit(attempt: Attempt, names: readonly string[]): Promise<void> {
  await startProcesses(attempt, names);
  const started = lastingContainers(attempt).filter((container) => names.includes(processOf(container)));
  await untilFit(attempt.host, recordOf(attempt), started);
}

/** Starts the containers of these processes, each as soon as those it depends on are as compose says they must be. */
async function startProcesses(attempt: Attempt, names: readonly string[]): Promise<void> {
  const { manifest } = attempt;
  const started = new Map<string, Promise<void>>();
  const startOnce = (name: string, behind: readonly string[]): Promise<void> => {
    if (behind.includes(name)) throw new Failure(`processes wait for each other: ${[...behind, name].join(" → ")}`);
    const known = started.get(name);
    if (known) return known;
    const process = manifest.processes[name];
    const dependencies = process ? Object.entries(dependenciesOf(process, manifest)) : [];
    const gates = dependencies.map(([other, { condition }]) =>
      startOnce(other, [...behind, name]).then(() => fulfilled(attempt, other, condition)),
    );
    const starting = Promise.all(gates).then(() => (names.includes(name) ? startReplicas(attempt, name) : undefined));
    started.set(name, starting);
    return starting;
  };
  await Promise.all(names.map((name) => startOnce(name, [])));
}

async function startReplicas(attempt: Attempt, name: string): Promise<void> {
  await Promise.all(
    replicasOf(attempt, name).map((container) =>
      attempt.host.docker.start(container.id).catch((thrown) => {
        throw new Failure(`${container.name} can't be started: ${reasonOf(thrown)}`, container.id);
      }),
    ),
  );
}

async function fulfilled(attempt: Attempt, name: string, condition: string): Promise<void> {
  if (condition === "service_started") return;
  const deadline = attempt.host.now() + attempt.manifest.limits.health * 1000;
  for (const container of replicasOf(attempt, name)) {
    while (!(await isFulfilled(attempt.host, container, condition))) {
      if (attempt.host.now() > deadline) {
        throw new Failure(
          `${container.name} was not ${condition} within ${attempt.manifest.limits.health} s`,
          container.id,
        );
      }
      await attempt.host.sleep(POLL);
    }
  }
}

async function isFulfilled(host: Host, container: Container, condition: string): Promise<boolean> {
  const { status, exitCode, health } = await host.docker.condition(container.id);
  if (condition === "service_completed_successfully") {
    if (status === "exited" && exitCode !== 0)
      throw new Failure(`${container.name} ended with exit code ${exitCode}`, container.id);
    return status === "exited";
  }
  if (status === "exited" || status === "restarting")
    throw new Failure(`${container.name} ended before it was healthy`, container.id);
  return health === "healthy";
}

function replicasOf({ containers }: Attempt, name: string): readonly Container[] {
  return containers.filter((container) => processOf(container) === name);
}
