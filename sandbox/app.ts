import { Hono } from "hono";
import type { Clock } from "./control/clock.js";
import type { Forwards } from "./control/forwards.js";
import type { NetworkPlan } from "./digitalocean/network.js";
import type { Machines } from "./machines/machines.js";
import type { Store } from "./store/store.js";

/** What the emulated clouds need of the process they live in. */
export interface SandboxDeps {
  readonly machines: Machines;
  readonly store: Store;
  readonly clock: Clock;
  readonly network: NetworkPlan;
  /** Without it `GET /_sandbox/forwards` answers 501. */
  readonly forwards?: Forwards;
  /** Version that `GET /_sandbox/health` tells. */
  readonly version: string;
  /** Further facts for `GET /_sandbox/health`, e.g. the registry's address; read on each call. */
  readonly facts?: () => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Gets one line for each thing worth telling: failed work on a machine, an uncovered route. */
  readonly log?: (line: string) => void;
}

/** What became of the machines after a restart of the daemon; ids as in {@link Machines}. */
export interface RestoreReport {
  readonly droplets: number;
  /** Machines that were off and should be on: turned on again. */
  readonly turnedOn: readonly string[];
  /** Machines that are gone; their droplets are `off` now and `power_on` makes them anew. */
  readonly vanished: readonly string[];
  /** Machines no record knows: destroyed. */
  readonly orphans: readonly string[];
  /** Work that was under way and goes on. */
  readonly resumed: readonly string[];
}

/** The emulated clouds and their control routes. */
export interface Sandbox {
  /** Serves `/v2/…` and `/_sandbox/…`. */
  readonly app: Hono;
  /** Loads the records and brings the machines in line with them. Call once, before the first request is served. */
  restore(): Promise<RestoreReport>;
  /** Resolves when no work on machines is under way and every record is saved; for tests and an orderly stop. */
  settled(): Promise<void>;
}

/** Makes the clouds. Nothing listens and nothing is read until asked. */
export function createSandboxApp(_deps: SandboxDeps): Sandbox {
  return {
    app: new Hono(),
    restore: async () => ({ droplets: 0, turnedOn: [], vanished: [], orphans: [], resumed: [] }),
    settled: async () => undefined,
  };
}
