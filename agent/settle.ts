/**
 * Settles which images a release is made of before anything else looks at it: what a stack didn't change stays as others (CI, a tag, a
 * rollback) have changed it since, and a tag becomes the digest it stands for now.
 */
import { Failure } from "./failure";
import type { Host, Login } from "./host";
import { ImageTag, type Manifest, type Origin, type Process } from "./manifest";
import type { ReleaseRecord } from "./record";

/** A manifest whose images are settled, and what there is to say about them. */
export interface Settled {
  readonly manifest: Manifest;
  readonly notes: readonly string[];
}

/** The live release, as far as it matters here. */
export type LiveRelease = Pick<ReleaseRecord, "release" | "origin" | "content">;

/** Settles images and tags. Rejects with a `Failure` if a tag can't be resolved or is for another kind of processor. */
export async function settle(host: Host, manifest: Manifest, live: LiveRelease | undefined): Promise<Settled> {
  const settled = settleImages(manifest, live);
  return { ...settled, manifest: await resolveTags(host, settled.manifest) };
}

/**
 * Keeps the live image of each process whose image the stack asks for as it did before. Where all images stay those that a rollback went
 * back to, the release is still one of that rollback: its release command is not run, and tags are not followed again because of it.
 */
export function settleImages(manifest: Manifest, live: LiveRelease | undefined): Settled {
  if (!live) return { manifest, notes: [] };
  const entries = Object.entries(manifest.processes);
  const kept = entries.flatMap(([name, process]) => {
    const image = keptImage(name, process.image, manifest.before, live);
    return image === undefined || image === process.image ? [] : [{ name, process: withImage(process, image) }];
  });
  const processes = { ...manifest.processes, ...Object.fromEntries(kept.map(({ name, process }) => [name, process])) };
  return {
    manifest: { ...manifest, processes, origin: originOf(manifest.origin, processes, live) },
    notes: kept.map(
      ({ name }) =>
        `${name} stays at release ${live.release}'s image (by ${ownerText(live.origin)}): this stack didn't change it`,
    ),
  };
}

/**
 * Asks the registry, at the same time for all, what each tag stands for. Rejects with a `Failure` where it is for another kind of
 * processor: that is said before anything is pulled.
 */
export async function resolveTags(host: Host, manifest: Manifest): Promise<Manifest> {
  const tags = [...new Set(Object.values(manifest.processes).map(({ image }) => image))].filter(isTag);
  if (tags.length === 0) return manifest;
  const platform = await host.docker.platform();
  const digests = new Map(
    await Promise.all(tags.map(async (tag) => [tag, await digestOf(host, tag, platform, manifest.registry)] as const)),
  );
  const processes = Object.entries(manifest.processes).map(([name, process]): [string, Process] => {
    const digest = digests.get(process.image);
    return [name, digest === undefined ? process : withImage(process, digest)];
  });
  return { ...manifest, processes: Object.fromEntries(processes) };
}

/** The login, if it is for the registry of this reference: another one must not see it. */
export function loginFor(reference: string, login: Login | undefined): Login | undefined {
  return login && registryOf(reference) === (DOCKER_HUB.includes(login.server) ? DOCKER_HUB[0] : login.server)
    ? login
    : undefined;
}

/** Names of the registry that references without one mean. */
const DOCKER_HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

function registryOf(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

function isTag(image: string): boolean {
  return ImageTag.safeParse(image).success;
}

/** The image by digest; a tag it was asked for by is what is followed. */
function withImage(process: Process, image: string): Process {
  return { ...process, image, ...(isTag(process.image) && { follow: process.image }) };
}

async function digestOf(host: Host, tag: string, platform: string, login: Login | undefined): Promise<string> {
  const { image, platforms } = await host.docker.resolve(tag, loginFor(tag, login));
  if (platforms.length > 0 && !platforms.includes(platform))
    throw new Failure(`${tag} is for ${platforms.join(", ")}, and this host is ${platform}: build it for ${platform}`);
  return image;
}

/** The live image of what the stack asked for before, if it asks for the same now. */
function keptImage(
  name: string,
  asked: string,
  before: Manifest["before"],
  { content }: LiveRelease,
): string | undefined {
  if (!before) return undefined;
  if (name in before) return before[name] === asked ? content.processes[name]?.image : undefined;
  // A new process of an image that others have replaced since: it goes with the processes that have that image.
  const like = Object.keys(before).find((other) => before[other] === asked && other in content.processes);
  return like === undefined ? undefined : content.processes[like]?.image;
}

function originOf(origin: Origin, processes: Manifest["processes"], live: LiveRelease): Origin {
  const { rollback } = live.origin;
  if (rollback === undefined || origin.rollback !== undefined) return origin;
  const images = new Set(Object.values(live.content.processes).map(({ image }) => image));
  return Object.values(processes).every(({ image }) => images.has(image)) ? { ...origin, rollback } : origin;
}

function ownerText({ actor, commit, rollback }: Origin): string {
  return [actor, rollback !== undefined && `rollback to ${rollback}`, commit && `commit ${commit}`]
    .filter(Boolean)
    .join(", ");
}
