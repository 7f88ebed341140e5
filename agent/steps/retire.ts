import { type Attempt, recordOf } from "../attempt";
import { belongsTo, releaseContainers } from "../containers";
import { isStaticDoor } from "../doors";
import { appPaths, releasePaths } from "../paths";
import { pruneLogs } from "../run-log";
import { closeDoors } from "./edge";
import { stopInPeace } from "./stop";

/** Stops what served before, once it is left alone. Its static files stay reachable until the next release. */
export async function retire(attempt: Attempt): Promise<undefined> {
  const { host, manifest, release, live } = attempt;
  const { app, limits, keep } = manifest;
  await closeDoors(
    host,
    app,
    (other, path) => other === release || (isStaticDoor(app, path) && other === live?.release),
  );
  const old = (await releaseContainers(host, app)).filter((container) => !belongsTo(container, recordOf(attempt)));
  await Promise.all(old.map((container) => stopInPeace(host, container, live, limits.drain)));
  const releases = (await host.files.list(appPaths(app).releases)).map(Number).sort((a, b) => b - a);
  const gone = releases.slice(keep).filter((number) => number !== release && number !== live?.release);
  await Promise.all(gone.map((number) => host.files.remove(releasePaths(app, number).folder)));
  await pruneLogs(host.files, app);
}
