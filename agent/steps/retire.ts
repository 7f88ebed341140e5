import type { Attempt } from "../attempt";
import { APP_LABEL, RELEASE_LABEL } from "../compose";
import { isStaticDoor } from "../doors";
import { appPaths, releasePaths } from "../paths";
import { closeDoors } from "./edge";
import { stopInPeace } from "./stop";

/** Folders of releases that stay: the live one and those one may want to go back to. */
const KEPT = 5;

/** Stops what served before, once it is left alone. Its static files stay reachable until the next release. */
export async function retire({ host, manifest, release, live }: Attempt): Promise<undefined> {
  const { app, limits } = manifest;
  await closeDoors(
    host,
    app,
    (other, path) => other === release || (isStaticDoor(app, path) && other === live?.release),
  );
  const all = await host.docker.containers(`${APP_LABEL}=${app}`);
  const old = all.filter(({ labels }) => labels[RELEASE_LABEL] !== String(release));
  await Promise.all(old.map((container) => stopInPeace(host, container, live, limits.drain)));
  const releases = (await host.files.list(appPaths(app).releases)).map(Number).sort((a, b) => b - a);
  const gone = releases.slice(KEPT).filter((number) => number !== release && number !== live?.release);
  await Promise.all(gone.map((number) => host.files.remove(releasePaths(app, number).folder)));
}
