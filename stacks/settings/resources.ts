/** `apps.APP.resources`: what each process may take of its machine at most, and what the host's Docker Compose is told of it. */
import { z } from "zod";
import { Name } from "../../agent/manifest";
import { type Mistake, nearest, show } from "./mistakes";

/** Stands for every process of the app. */
export const EVERY = "*";

/** MB of 1024 × 1024 bytes. Docker takes no less than 6. */
export const Memory = z.number().int().min(16).max(4_194_304);

/** Processors, in parts too. Docker takes no less than 0.01, and no more than the machine has. */
export const Cpus = z.number().min(0.01).max(512);

/** What one process may take. */
export const Limit = z.strictObject({ memory: Memory.optional(), cpus: Cpus.optional() });
/** @see Limit */
export type Limit = z.output<typeof Limit>;

/** By process; `*` stands for every process, and what a process's own says wins. */
export const Resources = z.record(
  z.string().refine((key) => key === EVERY || Name.safeParse(key).success, "the name of a process, or *"),
  Limit,
);
/** @see Resources */
export type Resources = z.output<typeof Resources>;

/** Limits for processes that there are none of. @param path where they stand in the settings */
export function resourceMistakes(path: string, resources: Resources, processes: readonly string[]): Mistake[] {
  return Object.keys(resources)
    .filter((name) => name !== EVERY && !processes.includes(name))
    .map((name) => {
      const meant = nearest(name, processes);
      return {
        path: `${path}.${name}`,
        what: `${show(name)} is no process of the app`,
        allowed: [...processes, EVERY].join(", "),
        ...(meant ? { mend: `did you mean ${meant}?` } : {}),
      };
    });
}

/** What a process may take in the end. */
export function limitOf(resources: Resources, process: string): Limit {
  return { ...resources[EVERY], ...resources[process] };
}

type Section = Readonly<Record<string, unknown>>;

/**
 * A service of a compose file with the stack's limits in place of its own. Compose refuses a service that says the same in two ways, and one
 * that reserves more than it may have.
 */
export function withLimit(service: Section, { memory, cpus }: Limit): Section {
  if (memory === undefined && cpus === undefined) return service;
  const gone = [
    ...(memory === undefined ? [] : ["mem_limit", "memswap_limit", "mem_reservation"]),
    ...(cpus === undefined ? [] : ["cpus"]),
  ];
  const { deploy, ...rest } = without(service, gone);
  const { resources, ...others } = section(deploy);
  const { limits, reservations, ...further } = section(resources);
  const reserved = without(section(reservations), [
    ...(memory === undefined ? [] : ["memory"]),
    ...(cpus === undefined ? [] : ["cpus"]),
  ]);
  return {
    ...rest,
    deploy: {
      ...others,
      resources: {
        ...further,
        ...(Object.keys(reserved).length > 0 && { reservations: reserved }),
        limits: {
          ...section(limits),
          ...(memory !== undefined && { memory: `${memory}M` }),
          ...(cpus !== undefined && { cpus: String(cpus) }),
        },
      },
    },
  };
}

function without(from: Section, keys: readonly string[]): Section {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

function section(value: unknown): Section {
  return typeof value === "object" && value !== null ? (value as Section) : {};
}
