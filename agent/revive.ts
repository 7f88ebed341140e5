/** Looks at the services of a host, and has those answer that don't. */
import { reasonOf } from "./failure";
import type { Host, UnitState } from "./host";
import { HOST_SERVICES, isActive, isMasked, isWanted, problemOf, type Service, type ServiceStatus } from "./services";

/** All services of this machine that it is to have, each asked; what comes back within a moment is up. It changes nothing. */
export async function servicesOf(host: Host): Promise<readonly ServiceStatus[]> {
  const found = await lookUntilUp(host, await instances(host), HESITATION);
  return found.map(({ unit, name, problem }) => ({ unit, name, ...(problem !== undefined && { problem }) }));
}

interface Found extends ServiceStatus {
  readonly service: Service;
  readonly state: UnitState;
}

/** One service for each unit that a template stands for. */
async function instances(host: Host): Promise<readonly Service[]> {
  const found = await Promise.all(
    HOST_SERVICES.map(async (service) => {
      if (!service.unit.includes("@.")) return [service];
      const names = service.asks === "postgres" ? await clusters(host) : await enabledOf(host, service.unit);
      return names.map((name) => ({ ...service, unit: service.unit.replace("@", `@${name}`) }));
    }),
  );
  return found.flat();
}

/** Instances of a template of ours that are started at boot. */
async function enabledOf({ files }: Host, template: string): Promise<readonly string[]> {
  const [start = "", end = ""] = template.split("@");
  return (await files.list("/etc/systemd/system/multi-user.target.wants"))
    .filter((unit) => unit.startsWith(`${start}@`) && unit.endsWith(end))
    .map((unit) => unit.slice(start.length + 1, -end.length));
}

/** Clusters that Debian starts at boot, as its units name them: `17-main`. None where the owner has disabled them all. */
async function clusters({ files, services }: Host): Promise<readonly string[]> {
  const [all] = await services.states(["postgresql.service"]);
  if (all?.file === "disabled") return [];
  const root = "/etc/postgresql";
  const found = await Promise.all(
    (await files.list(root)).map(async (version) =>
      (await files.list(`${root}/${version}`)).map((name) => ({ version, name })),
    ),
  );
  const starting = await Promise.all(
    found.flat().map(async ({ version, name }) => {
      const text = (await files.read(`${root}/${version}/${name}/start.conf`)) ?? "auto";
      return /^\s*auto\b/m.test(text) ? [`${version}-${name}`] : [];
    }),
  );
  return starting.flat();
}

async function look(host: Host, services: readonly Service[]): Promise<readonly Found[]> {
  const states = await host.services.states(services.map(({ unit }) => unit));
  const looked = await Promise.all(
    services.map(async (service, index): Promise<Found[]> => {
      const { unit, name, asks } = service;
      const state = states[index];
      if (!state || !isWanted(service, state)) return [];
      const silence = asks === "unit" ? undefined : await host.services.ask(asks, unit).then(() => undefined, reasonOf);
      const problem = problemOf(service, state, silence);
      return [{ unit, name, service, state, ...(problem !== undefined && { problem }) }];
    }),
  );
  return looked.flat();
}

/** Milliseconds between two looks at what isn't up yet. */
const POLL = 500;
/** Milliseconds in which a service that was started is to answer. */
const STARTING = 30_000;
/** Milliseconds for which a service that doesn't answer is asked again: systemd starts it again after one second. */
const HESITATION = 3_000;

/** Looks until all answer, or for so many milliseconds. Who has answered is not asked again: a server may take that for an attack. */
async function lookUntilUp(host: Host, services: readonly Service[], milliseconds: number): Promise<readonly Found[]> {
  const deadline = host.now() + milliseconds;
  const found = new Map<string, Found>();
  for (let due = services; ; ) {
    for (const one of await look(host, due)) found.set(one.unit, one);
    due = [...found.values()].filter(isDown).map(({ service }) => service);
    if (due.length === 0 || host.now() >= deadline) return [...found.values()];
    await host.sleep(POLL);
  }
}

/** What came of services that did not answer. */
export interface Revival {
  /** A line for each that answers again. */
  readonly mended: readonly string[];
  /** A line for each that doesn't. */
  readonly failed: readonly { readonly unit: string; readonly line: string }[];
}

/**
 * Has every service answer that a machine is to have. What does not within `patience` seconds is started; where it runs and is silent, it
 * is started anew, as it answers nobody. @param patience seconds
 */
export async function revive(host: Host, patience: number): Promise<Revival> {
  const patient = Math.max(patience * 1000, HESITATION);
  const down = (await lookUntilUp(host, await instances(host), patient)).filter(isDown);
  if (down.length === 0) return { mended: [], failed: [] };
  const refused = new Map<string, string>();
  for (const { unit, state } of down) {
    const order = { anew: isActive(state), unmask: isMasked(state) };
    await host.services.start(unit, order).catch((thrown: unknown) => refused.set(unit, reasonOf(thrown)));
  }
  const again = await lookUntilUp(
    host,
    down.map(({ service }) => service),
    STARTING,
  );
  const still = new Map(again.filter(isDown).map((one) => [one.unit, one]));
  return {
    mended: down.filter(({ unit }) => !still.has(unit)).map(revivedLine),
    failed: [...still.values()].map(({ unit, name, problem }) => {
      const why = refused.has(unit) ? `: ${refused.get(unit)}` : "";
      return { unit, line: `${name} (${unit}) ${problem}${why}; «journalctl -u ${unit}» says why` };
    }),
  };
}

/** Whether nothing of an app can be mended before that is. */
export function cannotWork({ failed }: Revival): boolean {
  return failed.some(({ unit }) => unit === "docker.service" || unit === "caddy.service");
}

/** The revival as lines for people. */
export function revivalText({ mended, failed }: Revival): readonly string[] {
  return [...mended, ...failed.map(({ line }) => `! ${line}`)];
}

function revivedLine({ unit, name, state }: Found): string {
  if (isActive(state)) return `${name} (${unit}) ran and did not answer; it was started anew`;
  return `${name} (${unit}) did not run${isMasked(state) ? ", and was masked" : ""}; it was started`;
}

const isDown = ({ problem }: ServiceStatus) => problem !== undefined;
