/** `slipway remove`: takes an app off the host. Can be repeated, and goes on where a killed run stopped. */
import { dirname } from "node:path";
import { expectOwn } from "./claim";
import { APP_LABEL, networkName } from "./compose";
import type { Container, Host } from "./host";
import type { Route } from "./manifest";
import { appPaths, EDGE_LOGS } from "./paths";
import { liveRecords, readLive, readRecord } from "./record";
import { reconcile } from "./steps/edge";
import { pruneAll } from "./steps/prune";
import { counted } from "./words";

/** How an app is removed. */
export interface RemoveOptions {
  /** Whether its volumes, i.e. its data, go too. */
  readonly volumes: boolean;
  /** The stack that asks; another stack's app is refused. None where a person asks. */
  readonly stack?: string | undefined;
  /** Seconds to wait for a release of the app that is under way. */
  readonly wait: number;
  readonly pid: number;
  readonly say: (line: string) => void;
}

/** Seconds between SIGTERM and SIGKILL where no live release says otherwise. */
const DRAIN = 10;

/** Timers and routes first, so that nothing starts and nothing is asked for what is about to stop; then containers, network, images and files. */
export async function remove(
  host: Host,
  app: string,
  { volumes, stack, wait, pid, say }: RemoveOptions,
): Promise<void> {
  const owner = `slipway remove, pid ${pid}`;
  const paths = appPaths(app);
  const onWait = (holder: string) => say(`… waits for a release of ${app}: ${holder}`);
  const lock = await host.lock({ path: paths.lock, wait, owner, onWait });
  try {
    if (stack !== undefined) await expectOwn(host.files, app, stack);
    const live = await readLive(host.files, app);
    const content = (live && (await readRecord(host.files, app, live.release)))?.content;
    const drain = content?.limits.drain ?? DRAIN;
    await host.timers.set(app, {});
    await host.files.remove(paths.live);
    await reconcile({ host, app, owner, live: undefined });
    await host.shares.set(app, {});
    const containers = await host.docker.containers(`${APP_LABEL}=${app}`);
    await Promise.all(containers.map((container) => stopAndRemove(host, container, drain)));
    await host.docker.removeNetwork(networkName(app));
    // An app is off the air by now; a disk that can't be read must not keep its stack from going.
    const images = await pruneAll(host, app).catch(() => 0);
    if (volumes) await removeLogs(host, app, content?.routes ?? []);
    const gone = volumes ? await host.docker.removeVolumes(`${APP_LABEL}=${app}`) : [];
    await Promise.all([paths.folder, paths.edge, dirname(paths.maintenance)].map((path) => host.files.remove(path)));
    const data = volumes ? `volumes removed: ${gone.join(", ") || "none"}` : "volumes kept";
    say(
      `${app} is removed: ${counted(containers.length, "container")} stopped, ${counted(images, "image")} removed, ${data}`,
    );
  } finally {
    await lock.free();
  }
}

async function stopAndRemove(host: Host, container: Container, drain: number): Promise<void> {
  if (container.running) await host.docker.stop(container.id, drain);
  await host.docker.remove(container.id);
}

/** What visitors have asked is data, too. A host name's log goes with the last app that answers there. */
async function removeLogs(host: Host, app: string, routes: readonly Pick<Route, "host">[]): Promise<void> {
  const others = (await liveRecords(host.files)).flatMap(({ content }) => content.routes.map((route) => route.host));
  const names = new Set([app, ...routes.map((route) => route.host).filter((name) => !others.includes(name))]);
  const logs = (await host.files.list(EDGE_LOGS)).filter((file) => names.has(logged(file)));
  await Promise.all(logs.map((file) => host.files.remove(`${EDGE_LOGS}/${file}`)));
}

/** What a log is of, whether it is the present one or one that Caddy has put aside (`NAME-2026-01-05T12-00-00.000.log.gz`). */
function logged(file: string): string {
  return file.replace(/(-\d{4}-\d{2}-\d{2}T[\d.-]+)?\.log(\.gz)?$/, "");
}
