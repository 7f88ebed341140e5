import type { Attempt } from "../attempt";
import { PROCESS_LABEL } from "../compose";
import { Failure, reasonOf } from "../failure";
import { APPS, releasePaths } from "../paths";
import { keepReserve } from "./disk-guard";

/** Copies the files the edge serves itself out of the image, by way of a container that is not running yet. */
export async function copyStaticFiles({ host, manifest, release, containers }: Attempt): Promise<undefined> {
  const paths = releasePaths(manifest.app, release);
  await Promise.all(
    Object.entries(manifest.processes).map(async ([name, process]) => {
      const container = containers.find(({ labels }) => labels[PROCESS_LABEL] === name);
      if (!process.static || !container) return;
      const guard = (bytes: number) => keepReserve(host, APPS, bytes);
      await host.docker.copyOut(container.id, process.static.from, paths.static(name), guard).catch((thrown) => {
        throw new Failure(`static files of process ${name}: ${reasonOf(thrown)}`);
      });
    }),
  );
}
