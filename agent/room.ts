/** Room on the disk that images are on. */
import type { Host } from "./host";
import type { ReleaseRecord } from "./record";
import { sizeText } from "./words";

/** Bytes that the next release may want: twice the largest image of these, below which it is refused. */
export async function roomWanted(host: Host, records: readonly ReleaseRecord[]): Promise<number> {
  const images = [
    ...new Set(records.flatMap(({ content }) => Object.values(content.processes).map(({ image }) => image))),
  ];
  const sizes = await Promise.all(images.map(async (image) => (await host.docker.image(image))?.size ?? 0));
  return 2 * Math.max(0, ...sizes);
}

/** How room is made. */
export const MAKE_ROOM =
  "make room: sudo docker builder prune; sudo docker image prune; sudo journalctl --vacuum-size=200M";

/** A line where the next release would be refused. */
export function roomProblem({ free, wanted }: { readonly free: number; readonly wanted: number }): readonly string[] {
  if (free >= wanted) return [];
  return [
    `the disk has ${sizeText(free)} free, and a release may want ${sizeText(wanted)}, twice its image; ${MAKE_ROOM}`,
  ];
}
