import type { Attempt } from "../attempt";
import { Failure } from "../failure";
import { loginFor } from "../settle";
import { keepReserve } from "./disk-guard";

/** Milliseconds between two looks at the disk while a pull goes on. */
const LOOK = 250;

/**
 * Fetches every image by digest, which Docker checks against what it gets. The registry's login goes along with the call and is kept
 * nowhere. An image for another kind of processor is refused here, where it can still be said in words.
 */
export async function pull({ host, manifest }: Pick<Attempt, "host" | "manifest">): Promise<string | undefined> {
  const images = [...new Set(Object.values(manifest.processes).map((process) => process.image))];
  let looked = Number.NEGATIVE_INFINITY;
  const onBytes = async () => {
    if (host.now() - looked < LOOK) return;
    looked = host.now();
    await keepReserve(host);
  };
  const pulled = await Promise.all(
    images.map((image) => host.docker.pull(image, loginFor(image, manifest.registry), onBytes)),
  );
  const platform = await host.docker.platform();
  for (const image of images) {
    const found = await host.docker.image(image);
    if (found && found.platform !== platform)
      throw new Failure(`${image} is for ${found.platform}, and this host is ${platform}: build it for ${platform}`);
  }
  return pulled.some(Boolean) ? undefined : "the host has it already";
}
