import type { Attempt } from "../attempt";

/** Fetches every image by digest. The registry's login goes along with the call and is kept nowhere. */
export async function pull({ host, manifest }: Attempt): Promise<string | undefined> {
  const images = [...new Set(Object.values(manifest.processes).map((process) => process.image))];
  const pulled = await Promise.all(images.map((image) => host.docker.pull(image, manifest.registry)));
  return pulled.some(Boolean) ? undefined : "the host has it already";
}
