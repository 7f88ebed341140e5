import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { z } from "zod";
import type { NetworkPlan } from "./cloud/network";
import { WorkQueue } from "./cloud/work";
import { type Clock, ClockState, ControlledClock } from "./control/clock";
import { Faults } from "./control/faults";
import type { Forwards } from "./control/forwards";
import { controlApp } from "./control/routes";
import { defaultSettings, Settings } from "./control/settings";
import type { Databases } from "./databases/databases";
import { digitalOceanApp } from "./digitalocean/app";
import type { Cloud } from "./digitalocean/cloud";
import { zonesOf } from "./digitalocean/domains/zoneFile";
import { type DropletReport, reconcile as reconcileDroplets } from "./digitalocean/reconcile";
import { emptyState, parseState } from "./digitalocean/state";
import type { NameServer } from "./dns/names";
import { Publisher } from "./dns/publisher";
import { githubApp } from "./github/app";
import type { GitHub } from "./github/cloud";
import { githubControl } from "./github/control";
import { emptyState as emptyGitHubState, parseState as parseGitHubState } from "./github/state";
import { pathOfApi } from "./github/urls";
import type { SandboxEnv } from "./http/env";
import { RequestLog } from "./http/requests";
import { UncoveredList } from "./http/uncovered";
import { linodeApp } from "./linode/app";
import type { Cloud as LinodeCloud } from "./linode/cloud";
import { zonesOf as linodeZones } from "./linode/domains/zones";
import { type LinodeReport, reconcile as reconcileLinodes } from "./linode/reconcile";
import { emptyState as emptyLinodeState, parseState as parseLinodeState } from "./linode/state";
import type { Machines } from "./machines/machines";
import { Saver } from "./store/saver";
import type { Store } from "./store/store";

/** What became of the machines of all clouds after a restart of the daemon. */
export type RestoreReport = DropletReport & LinodeReport;

/** What the emulated clouds need of the process they live in. */
export interface SandboxDeps {
  readonly machines: Machines;
  readonly databases: Databases;
  /** Answers for the zones of all clouds. */
  readonly names: NameServer;
  readonly store: Store;
  readonly clock: Clock;
  readonly network: NetworkPlan;
  /** Settings of a fresh sandbox and after a reset. */
  readonly settings?: Settings;
  /** Without it `GET /_sandbox/forwards` answers 501. */
  readonly forwards?: Forwards;
  /** Version that `GET /_sandbox/health` tells. */
  readonly version: string;
  /** Further facts for `GET /_sandbox/health`, e.g. the registry's address; read on each call. */
  readonly facts?: () => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** Gets one line for each thing worth telling: failed work on a machine, an uncovered route. */
  readonly log?: (line: string) => void;
}

/** The emulated clouds and their control routes. */
export interface Sandbox {
  /** Serves `/v2/…`, `/v4/…`, `/api/v3/…` and `/_sandbox/…`. */
  readonly app: Hono<SandboxEnv>;
  /** Loads the records and brings the machines in line with them. Call once, before the first request is served. */
  restore(): Promise<RestoreReport>;
  /** Resolves when no work on machines is under way and every record is saved; for tests and an orderly stop. */
  settled(): Promise<void>;
}

/** What the store keeps. */
const Saved = z.object({
  version: z.literal(1, { error: "these records were written by another version of the sandbox" }),
  settings: Settings,
  clock: ClockState,
  digitalocean: z.unknown(),
  /** Absent where the sandbox was saved before it knew of them. */
  linode: z.unknown().optional(),
  github: z.unknown().optional(),
});

/** Makes the clouds. Nothing listens and nothing is read until asked. */
export function createSandboxApp(deps: SandboxDeps): Sandbox {
  const standard = deps.settings ?? defaultSettings;
  const log = deps.log ?? (() => undefined);
  const clock = new ControlledClock(deps.clock);
  const started = deps.clock.now();
  const surroundings = { faults: new Faults(), requests: new RequestLog(), uncovered: new UncoveredList() };
  const work = new WorkQueue();
  const servers = new WorkQueue();
  let settings = standard;
  const state = emptyState();
  const linodeState = emptyLinodeState();
  const githubState = emptyGitHubState();
  const saver = new Saver(deps.store, () => {
    return {
      version: 1,
      settings,
      clock: clock.state,
      digitalocean: state,
      linode: linodeState,
      github: githubState,
    };
  });
  const publisher = new Publisher(deps.names, () => [...zonesOf(state), ...linodeZones(linodeState)], log);
  const kept = async () => {
    await saver.save();
    // As with the real ones, an answer does not wait for the name servers.
    void publisher.publish();
  };
  const common = {
    clock,
    network: deps.network,
    taken: () =>
      [...state.droplets, ...state.databases, ...linodeState.instances, ...linodeState.databases].map(
        ({ address }) => address,
      ),
    machines: deps.machines,
    databases: deps.databases,
    work,
    servers,
    settings: () => settings,
    save: kept,
    log,
  };
  const cloud: Cloud = {
    ...common,
    state,
    filters: new Map(),
    sources: new Map(),
    underway: new Map(),
  };
  const linode: LinodeCloud = { ...common, state: linodeState, filters: new Map(), underway: new Map() };
  const github: GitHub = { state: githubState, clock, save: () => saver.save(), log };

  async function reset(): Promise<number> {
    Object.assign(state, emptyState());
    Object.assign(linodeState, emptyLinodeState());
    Object.assign(githubState, emptyGitHubState());
    cloud.filters.clear();
    linode.filters.clear();
    cloud.sources.clear();
    settings = standard;
    clock.release();
    surroundings.faults.clear();
    surroundings.requests.clear();
    surroundings.uncovered.clear();
    const machines = await deps.machines.list();
    await Promise.all([
      destroyAll(work, machines, (id) => deps.machines.destroy(id)),
      destroyAll(servers, await deps.databases.list(), (id) => deps.databases.destroy(id)),
    ]);
    for (const disk of await deps.machines.listDisks()) await deps.machines.deleteDisk(disk);
    await kept();
    return machines.length;
  }

  async function health(): Promise<Record<string, unknown>> {
    return {
      name: "slipway sandbox",
      version: deps.version,
      uptime_seconds: Math.round((deps.clock.now() - started) / 1000),
      droplets: state.droplets.length,
      databases: state.databases.length + linodeState.databases.length,
      linodes: linodeState.instances.length,
      repositories: githubState.repositories.length,
      resident_bytes: process.memoryUsage.rss(),
      ...(await deps.facts?.()),
    };
  }

  const app = new Hono<SandboxEnv>({ getPath: (request) => pathOfApi(getPath(request)) });
  app.route(
    "/",
    controlApp({
      ...surroundings,
      clock,
      forwards: deps.forwards,
      health,
      reset,
      settings: () => settings,
      changeSettings: (changed) => {
        settings = changed;
      },
      save: () => saver.save(),
      github: githubControl(github),
    }),
  );
  app.route("/", digitalOceanApp(cloud, surroundings));
  app.route("/", linodeApp(linode, surroundings));
  app.route("/", githubApp(github, surroundings));
  app.notFound((c) => {
    const { method, path } = c.req;
    if (surroundings.uncovered.add(method, path)) log(`not covered: ${method} ${path}`);
    return c.json({ id: "not_implemented", message: `the sandbox has no cloud that answers ${method} ${path}` }, 501);
  });

  return {
    app,
    async restore() {
      const document = await deps.store.load();
      if (document !== undefined) {
        const saved = Saved.safeParse(document);
        if (!saved.success) throw new Error(`the sandbox's records are not usable: ${z.prettifyError(saved.error)}`);
        Object.assign(state, parseState(saved.data.digitalocean));
        Object.assign(linodeState, parseLinodeState(saved.data.linode));
        Object.assign(githubState, parseGitHubState(saved.data.github));
        settings = saved.data.settings;
        clock.state = saved.data.clock;
      }
      await publisher.publish();
      return joined(await reconcileDroplets(cloud), await reconcileLinodes(linode));
    },
    async settled() {
      await work.idle();
      await servers.idle();
      await Promise.all([...cloud.underway.values(), ...linode.underway.values()]);
      await saver.save();
      await publisher.publish();
    },
  };
}

/** Destroys each, behind whatever is under way on it, so that nothing is made after it was destroyed. */
async function destroyAll(
  work: WorkQueue,
  ids: readonly string[],
  destroy: (id: string) => Promise<void>,
): Promise<void> {
  const all = new Set([...ids, ...work.machines()]);
  await Promise.all([...all].map((id) => work.run(id, () => destroy(id))));
}

function joined(droplets: DropletReport, linodes: LinodeReport): RestoreReport {
  return {
    ...droplets,
    linodes: linodes.linodes,
    turnedOn: [...droplets.turnedOn, ...linodes.turnedOn],
    vanished: [...droplets.vanished, ...linodes.vanished],
    orphans: [...droplets.orphans, ...linodes.orphans],
    resumed: [...droplets.resumed, ...linodes.resumed],
  };
}
