/** What kind of process each of an app's is, i.e. when a release stops the old one and starts the new one. */
import { dependenciesOf, isAwaited } from "./dependencies";
import type { Manifest, Process } from "./manifest";

/** The parts of a manifest, or of a record's content, that decide. */
export type Processes = Pick<Manifest, "processes" | "routes">;

/** Runs at its times only, in containers of its own. */
export function isScheduled(process: Process): boolean {
  return process.schedule !== undefined;
}

/**
 * Whether the old one must have stopped before the new one starts, so that two versions never take the same work: workers, i.e. what
 * has no port and nothing waits for. The compose file's own `deploy.update_config.order` decides where it says so; what a route leads to
 * always starts first.
 */
export function isStopFirst(name: string, manifest: Processes): boolean {
  const process = manifest.processes[name];
  if (!process || isScheduled(process) || manifest.routes.some((route) => route.process === name)) return false;
  const order = orderOf(process);
  if (order !== undefined) return order === "stop-first";
  return process.port === undefined && !isNeeded(name, manifest);
}

/** Whether it is to run all the time: not one that ends by itself, and not one with a schedule. */
export function isLasting(name: string, manifest: Processes): boolean {
  const process = manifest.processes[name];
  return process !== undefined && !isScheduled(process) && !isAwaited(name, manifest);
}

function isNeeded(name: string, manifest: Processes): boolean {
  return Object.values(manifest.processes).some((process) => name in dependenciesOf(process, manifest));
}

function orderOf({ compose }: Process): string | undefined {
  const deploy = compose.deploy as { update_config?: { order?: unknown } } | undefined;
  const order = deploy?.update_config?.order;
  return typeof order === "string" ? order : undefined;
}
