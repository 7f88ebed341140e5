/** `slipway remove`: takes an app off the host. Can be repeated; what a kill cuts off is finished by whoever comes next. */
import { expectOwn } from "./claim";
import type { Host } from "./host";
import { endIntent, openIntent, type RemoveIntent, readIntent } from "./intent";
import { appPaths } from "./paths";
import { servingRecord } from "./record";
import { takeOff } from "./takeOff";

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

/** Takes it off, whatever was begun with it and cut off before: of that nothing is left either. */
export async function remove(
  host: Host,
  app: string,
  { volumes, stack, wait, pid, say }: RemoveOptions,
): Promise<void> {
  const owner = `slipway remove, pid ${pid}`;
  const onWait = (holder: string) => say(`… waits for a release of ${app}: ${holder}`);
  const lock = await host.lock({ path: appPaths(app).lock, wait, owner, onWait });
  try {
    if (stack !== undefined) await expectOwn(host.files, app, stack);
    const before = await readIntent(host.files, app).catch(() => undefined);
    const earlier = before?.kind === "remove" ? before : undefined;
    const content = (await servingRecord(host.files, app))?.content;
    const order: RemoveIntent = {
      kind: "remove",
      at: new Date(host.now()).toISOString(),
      actor: stack ?? owner,
      volumes,
      drain: content?.limits.drain ?? earlier?.drain ?? DRAIN,
      hosts: [...new Set([...(earlier?.hosts ?? []), ...(content?.routes ?? []).map((route) => route.host)])],
    };
    // A full disk must not keep an app from making room.
    await openIntent(host.files, app, order).catch(() => undefined);
    const done = await takeOff({ host, app, owner, order, say });
    await endIntent(host.files, app);
    say(`${app} is removed: ${done}`);
  } finally {
    await lock.free();
  }
}
