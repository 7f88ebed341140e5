/** Takes an app off the host, step by step; can be repeated, and goes on where a killed run stopped. */
import { dirname } from "node:path";
import { APP_LABEL, networkName } from "./compose";
import type { Container, Host } from "./host";
import type { RemoveIntent } from "./intent";
import { appPaths, EDGE_LOGS } from "./paths";
import { liveRecords } from "./record";
import { reconcile } from "./steps/edge";
import { hold } from "./steps/hold";
import { pruneAll } from "./steps/prune";
import { graceOf } from "./steps/stop";
import { counted } from "./words";

/** What a removal has done so far. */
interface Removal {
  readonly host: Host;
  readonly app: string;
  readonly owner: string;
  readonly order: Pick<RemoveIntent, "volumes" | "drain" | "hosts">;
  /** In words, for whoever asked. */
  readonly done: string[];
}

/** Timers and routes first, so that nothing starts and nothing is asked for what is about to stop. */
const STEPS: Readonly<Record<string, (removal: Removal) => Promise<void>>> = {
  timers: async ({ host, app }) => void (await host.timers.set(app, {})),
  routes: async ({ host, app, owner }) => {
    const paths = appPaths(app);
    for (const path of [paths.live, paths.serving]) await host.files.remove(path);
    await reconcile({ host, app, owner, live: undefined });
    await host.shares.set(app, {});
  },
  containers: async ({ host, app, order, done }) => {
    const containers = await host.docker.containers(`${APP_LABEL}=${app}`);
    await Promise.all(containers.map((container) => stopAndRemove(host, container, order)));
    await host.docker.removeNetwork(networkName(app));
    done.push(`${counted(containers.length, "container")} stopped`);
  },
  images: async ({ host, app, done }) => {
    // An app is off the air by now; a disk that can't be read must not keep its stack from going.
    done.push(`${counted(await pruneAll(host, app).catch(() => 0), "image")} removed`);
  },
  volumes: async ({ host, app, order: { volumes, hosts }, done }) => {
    if (volumes) await removeLogs(host, app, hosts);
    const gone = volumes ? await host.docker.removeVolumes(`${APP_LABEL}=${app}`) : [];
    done.push(volumes ? `volumes removed: ${gone.join(", ") || "none"}` : "volumes kept");
  },
  files: async ({ host, app }) => {
    const { folder, edge, maintenance } = appPaths(app);
    await Promise.all([folder, edge, dirname(maintenance)].map((path) => host.files.remove(path)));
  },
};

/** Names of the steps, in their order. */
export const REMOVAL_STEPS: readonly string[] = Object.keys(STEPS);

/**
 * Takes it off.
 * @returns what was done, in words
 */
export async function takeOff(removal: Omit<Removal, "done"> & { say: (line: string) => void }): Promise<string> {
  const done: string[] = [];
  for (const [name, step] of Object.entries(STEPS)) {
    await hold(removal.host, name, removal.say);
    await step({ ...removal, done });
  }
  return done.join(", ");
}

/** What keeps files writes them down, unless they go with it. */
async function stopAndRemove(host: Host, container: Container, { drain, volumes }: Removal["order"]): Promise<void> {
  const grace = volumes ? drain : graceOf(container, undefined, drain);
  if (container.running) await host.docker.stop(container.id, grace);
  await host.docker.remove(container.id);
}

/** What visitors have asked is data, too. A host name's log goes with the last app that answers there. */
async function removeLogs(host: Host, app: string, hosts: readonly string[]): Promise<void> {
  const others = (await liveRecords(host.files)).flatMap(({ content }) => content.routes.map((route) => route.host));
  const names = new Set([app, ...hosts.filter((name) => !others.includes(name))]);
  const logs = (await host.files.list(EDGE_LOGS)).filter((file) => names.has(logged(file)));
  await Promise.all(logs.map((file) => host.files.remove(`${EDGE_LOGS}/${file}`)));
}

/** What a log is of, whether it is the present one or one that Caddy has put aside (`NAME-2026-01-05T12-00-00.000.log.gz`). */
function logged(file: string): string {
  return file.replace(/(-\d{4}-\d{2}-\d{2}T[\d.-]+)?\.log(\.gz)?$/, "");
}
