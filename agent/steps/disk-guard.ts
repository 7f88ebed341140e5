import type { Attempt } from "../attempt";
import { Failure } from "../failure";
import type { Host, Image } from "../host";
import { DOCKER } from "../paths";
import { sizeText } from "../words";
import { prune } from "./prune";

/** Bytes a first release's image is taken to have, on nothing better. */
const GUESS = 300e6;
/** Part of the disk, and bytes, of which the smaller one stays free whatever is pulled: a full disk stops databases. */
const RESERVE = { part: 0.05, bytes: 1e9 };

type Order = Pick<Attempt, "host" | "manifest" | "live">;

/** Refuses to fill the disk: twice the images that are to be pulled must be free, taken to be as big as those that serve. */
export async function guardDisk(attempt: Order): Promise<string | undefined> {
  const { host } = attempt;
  const missing = await missingImages(attempt);
  if (missing.length === 0) return undefined;
  const wanted = 2 * (await sizeOf(attempt, missing));
  if ((await host.disk(DOCKER)).free >= wanted) return undefined;
  const note = await prune(attempt);
  const { free, size } = await host.disk(DOCKER);
  if (free >= wanted) return note;
  throw new Failure(
    `the disk has ${sizeText(free)} free of ${sizeText(size)}, and this release wants ${sizeText(wanted)}, twice its images. ` +
      roomText(await host.docker.images()),
  );
}

/** Gives up what is about to fill a disk. @param path on that disk @param bytes that are about to be written */
export async function keepReserve(host: Host, path: string = DOCKER, bytes = 0): Promise<void> {
  const { free, size } = await host.disk(path);
  if (free - bytes >= Math.min(size * RESERVE.part, RESERVE.bytes)) return;
  const lack = bytes === 0 ? "" : `, and a file of ${sizeText(bytes)} is to be written`;
  throw new Failure(`the disk is nearly full (${sizeText(free)} free${lack}): ${roomText(await host.docker.images())}`);
}

async function missingImages({ host, manifest }: Order): Promise<readonly string[]> {
  const wanted = [...new Set(Object.values(manifest.processes).map(({ image }) => image))];
  const found = await Promise.all(wanted.map((image) => host.docker.image(image)));
  return wanted.filter((_, index) => found[index] === undefined);
}

async function sizeOf({ host, live }: Order, missing: readonly string[]): Promise<number> {
  const serving = [...new Set(Object.values(live?.content.processes ?? {}).map(({ image }) => image))];
  const found = await Promise.all(serving.map((image) => host.docker.image(image)));
  const largest = Math.max(0, ...found.map((image) => image?.size ?? 0));
  return missing.length * (largest || GUESS);
}

function roomText(images: readonly Image[]): string {
  const largest = [...images].sort((a, b) => b.size - a.size).slice(0, 3);
  const listed = largest.map(({ digests, id, size }) => `${digests[0] ?? id} (${sizeText(size)})`).join(", ");
  return (
    "To make room: sudo docker builder prune; sudo docker image prune; sudo journalctl --vacuum-size=200M; " +
    `a larger disk. The largest images here: ${listed || "none"}`
  );
}
