/** Whether an app's tags are followed: a rollback holds them, since the next look would undo it. */
import type { Host } from "./host";
import type { Manifest } from "./manifest";
import { appPaths } from "./paths";

/** Keeps an app's tags from being followed. */
export async function hold(host: Host, app: string, why: string): Promise<void> {
  const since = new Date(host.now()).toISOString().slice(0, 19).replace("T", " ");
  await host.files.write(appPaths(app).hold, `${why}, ${since} UTC\n`, 0o600);
}

/** Lets an app's tags be followed again. */
export async function resume(host: Host, app: string): Promise<void> {
  await host.files.remove(appPaths(app).hold);
}

/** Ends what a rollback holds once another release than one of its images has gone live. */
export async function resumeAfter(host: Host, { app, origin }: Pick<Manifest, "app" | "origin">): Promise<void> {
  if (origin.rollback === undefined) await resume(host, app);
}

/** Why an app's tags are not followed for now; `undefined` where they are, or where there are none. */
export async function heldBecause(host: Pick<Host, "files">, app: string): Promise<string | undefined> {
  return (await host.files.read(appPaths(app).hold))?.trim();
}
